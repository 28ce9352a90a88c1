package dev.sepconv.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/**
 * {@code sepconv help} and {@code sepconv help COMMAND}: what {@code --help} prints, by
 * {@link Main}.
 */
@Command(name = "help", description = "Show the help of sepconv, or of one of its commands.")
final class HelpCommand {

    @Parameters(arity = "0..1", paramLabel = "COMMAND",
            description = "The command to show the help of.")
    private String command;

    /** The command whose help is asked for. */
    CommandLine asked(CommandLine self) {
        CommandLine all = self.getParent();
        CommandLine asked = command == null ? all : all.getSubcommands().get(command);
        if (asked == null) {
            throw new ParameterException(self, "there is no command '%s'; it must be one of %s"
                    .formatted(command, Main.names(all)));
        }
        return asked;
    }
}
