using System.CommandLine;
using System.CommandLine.Completions;
using GpuMlp.Cli.Shell;
using GpuMlp.Formats;

namespace GpuMlp.Cli.Completion;

/// <summary>Scripts that complete a command line without running the program: the words that may follow stand in them.</summary>
static class CompletionScript
{
    /// <summary>The shells that there are scripts for.</summary>
    public static string[] Names => [.. Shells.All];

    static readonly Names<Func<IReadOnlyList<Row>, string>> Shells = new(("bash", Bash), ("zsh", Zsh), ("pwsh", PowerShell));

    /// <summary>The words after a verb, or after an option of it.</summary>
    /// <param name="After">"" at the beginning; "train"; "plan train"; "train --activation".</param>
    /// <param name="Words">What may follow.</param>
    readonly record struct Row(string After, string[] Words);

    /// <summary>The script for a shell.</summary>
    /// <exception cref="UsageException">There is none for that shell.</exception>
    public static string For(string shell, Command root)
    {
        try { return Shells.Parse(shell)([.. Rows("", root)]); }
        catch (FormatException e) { throw new UsageException($"completion {UsageException.Cut(shell)}: {e.Message}", e); }
    }

    static IEnumerable<Row> Rows(string name, Command command)
    {
        IEnumerable<string> options = command.Options.Select(option => option.Name).Append("--help").Distinct();
        IEnumerable<string> values = command.Arguments.SelectMany(argument => argument.GetCompletions(CompletionContext.Empty))
            .Select(item => item.Label);
        yield return new Row(name, [.. command.Subcommands.Select(verb => verb.Name), .. values, .. options]);
        foreach (Option option in command.Options.Where(option => option.ValueType != typeof(bool)))
        {
            string[] words = [.. option.GetCompletions(CompletionContext.Empty).Select(item => item.Label)];
            if (words.Length > 0) yield return new Row($"{name} {option.Name}", words);
        }
        foreach (Command verb in command.Subcommands)
            foreach (Row row in Rows($"{name} {verb.Name}".TrimStart(), verb)) yield return row;
    }

    static string Cases(IReadOnlyList<Row> rows) =>
        string.Concat(rows.Select(row => $"    '{row.After}') words='{string.Join(' ', row.Words)}';;\n"));

    // files complete where no known word fits: after --out, after --data, and as names of models
    static string Bash(IReadOnlyList<Row> rows) => $$"""
        _gpumlp_words() {
          words=
          case $1 in
        {{Cases(rows).TrimEnd('\n')}}
          esac
        }
        _gpumlp() {
          local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} after= words
          ((COMP_CWORD > 1)) && after=${COMP_WORDS[1]}
          [[ $after == plan ]] && ((COMP_CWORD > 2)) && after="plan ${COMP_WORDS[2]}"
          if [[ $previous == --* ]]; then
            _gpumlp_words "$after $previous"
            if [[ -n $words ]]; then
              COMPREPLY=($(compgen -W "$words" -- "$current"))
              [[ $previous != --data ]] || COMPREPLY+=($(compgen -f -- "$current"))
              return 0
            fi
          fi
          [[ -z $after || $after == plan || $after == completion || $current == -* ]] && _gpumlp_words "$after"
          COMPREPLY=($(compgen -W "$words" -- "$current"))
        }
        complete -o default -F _gpumlp gpumlp
        """;

    static string Zsh(IReadOnlyList<Row> rows) => $$"""
        #compdef gpumlp
        _gpumlp_words() {
          found=
          case $1 in
        {{Cases(rows).TrimEnd('\n').Replace("words=", "found=")}}
          esac
        }
        _gpumlp() {
          local after= found
          (( CURRENT > 2 )) && after=$words[2]
          [[ $after == plan ]] && (( CURRENT > 3 )) && after="plan $words[3]"
          if [[ $words[CURRENT-1] == --* ]]; then
            _gpumlp_words "$after $words[CURRENT-1]"
            if [[ -n $found ]]; then
              compadd -- ${=found} && [[ $words[CURRENT-1] != --data ]] || _files
              return
            fi
          fi
          if [[ -z $after || $after == plan || $after == completion || $words[CURRENT] == -* ]]; then
            _gpumlp_words "$after"
            compadd -- ${=found}
          else
            _files
          fi
        }
        if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _gpumlp "$@"; else compdef _gpumlp gpumlp; fi
        """;

    static string PowerShell(IReadOnlyList<Row> rows) => $$"""
        Register-ArgumentCompleter -Native -CommandName gpumlp -ScriptBlock {
          param($current, $line, $cursor)
          $words = @{
        {{string.Join('\n', rows.Select(row => $"    '{row.After}' = '{string.Join(' ', row.Words)}'"))}}
          }
          $before = @($line.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursor } |
            Select-Object -Skip 1 | ForEach-Object { "$_" })
          $after = if ($before.Count -gt 0) { $before[0] } else { '' }
          if ($after -eq 'plan' -and $before.Count -gt 1) { $after = "plan $($before[1])" }
          $found = $null
          if ($before.Count -gt 0 -and $before[-1] -like '--*') { $found = $words["$after $($before[-1])"] }
          if (-not $found -and ($after -in '', 'plan', 'completion' -or $current -like '-*')) { $found = $words[$after] }
          "$found".Split(' ') | Where-Object { $_ -and $_ -like "$current*" } |
            ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
        }
        """;
}
