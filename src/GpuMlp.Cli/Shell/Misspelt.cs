using System.CommandLine;
using System.CommandLine.Parsing;
using GpuMlp.Formats;

namespace GpuMlp.Cli.Shell;

/// <summary>Says what is wrong with a command line that does not parse, and what was probably meant.</summary>
static class Misspelt
{
    // what other programs of this kind call it
    static readonly Dictionary<string, string> Elsewhere = new[]
    {
        ("--lr", "--learning-rate --learning_rate --rate"), ("--batch", "--batch_size"), ("--steps", "--epochs --iterations --max-iter"),
        ("--net", "--layers --hidden --hidden-layers --model"), ("--out", "--output"), ("--seed", "--random-state"), ("--device", "--gpu"),
        ("--label", "--target"), ("--weight-decay", "--l2"), ("--patience", "--early-stopping"),
        ("--version", "-v -V"),
    }.SelectMany(row => row.Item2.Split(' ').Select(other => (row.Item1, other))).ToDictionary(row => row.other, row => row.Item1);

    /// <summary>The message for the first word that is wrong.</summary>
    public static UsageException Explain(ParseResult result)
    {
        Command command = result.CommandResult.Command;
        string name = HelpText.NameOf(command), see = $"ee {name} -h";
        if (result.UnmatchedTokens is not [string token, ..]) return new($"{Plain(result.Errors[0])}; s{see}");
        string word = $"'{UsageException.Cut(token)}'";
        if (token.StartsWith('-'))
        {
            if (command.Subcommands.Append(command).Any(verb => Has(verb, token)))
                return new($"{word} stands before the verb; options come after it; s{see}");
            string? option = Elsewhere.GetValueOrDefault(token) is string known && Has(command, known) ? known
                : Nearest(token, command.Options.SelectMany(Names));
            Command? other = command.Parents.OfType<Command>().SelectMany(parent => parent.Subcommands)
                .FirstOrDefault(verb => Has(verb, token));
            bool isCloser = option is not null && option.StartsWith(token, StringComparison.Ordinal);       // --seed of a sweep is --seeds
            if (other is not null && !isCloser)
                return new($"{word} is an option of {HelpText.NameOf(other)} and none of {name}; s{see}");
            return new($"{word} is no option of {name}{(option is null ? $"; s{see}" : $"; did you mean {option}? S{see}")}");
        }
        if (command.Subcommands.Count == 0) return new($"{word} is more than {name} takes; s{see}");
        if (Has(command, $"--{token}")) return new($"{word} is no verb; did you mean --{token}? S{see}");
        string[] verbs = [.. command.Subcommands.Select(verb => verb.Name)];
        if (command.Parents.OfType<Command>().Any(parent => parent.Subcommands.Any(verb => verb.Name == token)))
            return new($"{name} takes {string.Join(", ", verbs)}, not {token}; s{see}");
        return new(Nearest(token, verbs) is string verb ? $"{word} is no verb; did you mean {verb}? S{see}"
            : $"{word} is no verb: they are {string.Join(", ", verbs)}; s{see}");
    }

    static string Plain(ParseError error) => error.SymbolResult switch
    {
        ArgumentResult { Tokens.Count: 0 } argument => $"{argument.Argument.Name} is needed",
        OptionResult { Tokens.Count: 0 } option => $"{option.Option.Name} needs a value",
        OptionResult { IdentifierTokenCount: > 1 } option => $"{option.Option.Name} is given more than once",
        _ => error.Message.TrimEnd('.'),
    };

    static bool Has(Command command, string option) => command.Options.SelectMany(Names).Contains(option);

    static IEnumerable<string> Names(Option option) => option.Aliases.Append(option.Name);

    static string? Nearest(string word, IEnumerable<string> names) =>
        new Names<string>([.. names.Select(name => (name, name))]).Nearest(word);
}
