package dev.sepconv.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * Help in lines of the width that a command has been given. picocli ends lines within words too,
 * after a full stop, a comma or a hyphen ({@code found.png}, {@code mobilenet-v1:0.5}); so it lays
 * help out on endless lines, which are cut here, between words only.
 */
final class Usage {

    /** More than any text of ours. */
    private static final int ENDLESS = 4000;
    /** What terminals take as colours has no width. */
    private static final Pattern COLOUR = Pattern.compile("\033\\[[0-9;]*m");
    /** Two columns: a name and what it means. */
    private static final Pattern COLUMNS = Pattern.compile(" *\\S.*?  +(?=\\S)");
    private static final Pattern SYNOPSIS = Pattern.compile("Usage: sepconv( [a-z][a-z-]*)? ");
    /** A command line; where it goes on, a shell needs a sign. */
    private static final Pattern EXAMPLE = Pattern.compile("  (sepconv|scripts/\\S+) .*");

    private Usage() {
    }

    /** The help of a command, with line ends. */
    static String of(CommandLine command) {
        UsageMessageSpec message = command.getCommandSpec().usageMessage();
        int columns = message.width();
        try {
            return command.setUsageHelpWidth(ENDLESS).getUsageMessage(command.getColorScheme())
                    .lines().flatMap(line -> cut(line, columns).stream()).collect(
                            Collectors.joining(System.lineSeparator(), "", System.lineSeparator()));
        } finally {
            command.setUsageHelpWidth(columns);
        }
    }

    /**
     * A line in lines of at most so many columns, the second and later ones indented; a longer word
     * has a line of its own.
     */
    static List<String> cut(String line, int columns) {
        if (width(line) <= columns) {
            return List.of(line);
        }
        boolean example = EXAMPLE.matcher(line).matches();
        String indent = " ".repeat(example ? 6 : indent(line));
        int room = columns - (example ? 2 : 0);
        List<String> lines = new ArrayList<>();
        int start = line.length() - line.stripLeading().length();
        StringBuilder current = new StringBuilder(line.substring(0, start));
        boolean empty = true;
        // words with the spaces before them; in a command line each option with its value
        for (String word : line.substring(start)
                .split(example ? "(?<=\\S)(?= -)" : "(?<=\\S)(?= )")) {
            if (!empty && width(current) + width(word) > room) {
                lines.add(example ? current + " \\" : current.toString());
                current = new StringBuilder(indent);
                word = word.stripLeading();
            }
            current.append(word);
            empty = false;
        }
        lines.add(current.toString());
        return lines;
    }

    private static int indent(String line) {
        String plain = COLOUR.matcher(line).replaceAll("");
        for (Pattern start : List.of(SYNOPSIS, COLUMNS)) {
            Matcher matcher = start.matcher(plain);
            if (matcher.lookingAt()) {
                return matcher.end();
            }
        }
        return plain.length() - plain.stripLeading().length();
    }

    private static int width(CharSequence text) {
        return COLOUR.matcher(text).replaceAll("").length();
    }
}
