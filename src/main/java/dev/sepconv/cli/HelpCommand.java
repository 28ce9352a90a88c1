package dev.sepconv.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.IHelpCommandInitializable2;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code sepconv help} and {@code sepconv help COMMAND}: what {@code --help} prints. */
@Command(name = "help", helpCommand = true, description = "Show the help of sepconv, or of one of its commands.")
final class HelpCommand implements IHelpCommandInitializable2, Runnable {

    @Parameters(arity = "0..1", paramLabel = "COMMAND", description = "The command to show the help of.")
    private String command;

    private CommandLine self;
    private ColorScheme colours;
    private PrintWriter out;

    @Override
    public void init(CommandLine helpCommand, ColorScheme colorScheme, PrintWriter outWriter, PrintWriter errWriter) {
        self = helpCommand;
        colours = colorScheme;
        out = outWriter;
    }

    @Override
    public void run() {
        CommandLine all = self.getParent();
        CommandLine asked = command == null ? all : all.getSubcommands().get(command);
        if (asked == null) {
            throw new ParameterException(self,
                    "there is no command '%s'; it must be one of %s".formatted(command, Main.names(all)));
        }
        out.print(Usage.of(asked, colours));
        out.flush();
    }
}
