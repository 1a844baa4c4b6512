using System.CommandLine;
using GpuMlp.Formats;

namespace GpuMlp.Cli.Shell;

/// <summary>Says what is wrong with a command line that does not parse, and what was probably meant.</summary>
static class Misspelt
{
    /// <summary>The message for the first word that is wrong.</summary>
    public static UsageException Explain(ParseResult result)
    {
        Command command = result.CommandResult.Command;
        string name = HelpText.NameOf(command), see = $"ee {name} -h";
        if (result.UnmatchedTokens is not [string token, ..]) return new($"{result.Errors[0].Message.TrimEnd('.')}; s{see}");
        string word = $"'{UsageException.Cut(token)}'";
        if (token.StartsWith('-'))
        {
            string? option = Nearest(token, command.Options.SelectMany(option => option.Aliases.Append(option.Name)));
            return new($"{word} is no option of {name}{(option is null ? $"; s{see}" : $"; did you mean {option}? S{see}")}");
        }
        if (command.Subcommands.Count == 0) return new($"{word} is more than {name} takes; s{see}");
        string[] verbs = [.. command.Subcommands.Select(verb => verb.Name)];
        return new(Nearest(token, verbs) is string verb ? $"{word} is no verb; did you mean {verb}? S{see}"
            : $"{word} is no verb: they are {string.Join(", ", verbs)}; s{see}");
    }

    static string? Nearest(string word, IEnumerable<string> names) =>
        new Names<string>([.. names.Select(name => (name, name))]).Nearest(word);
}
