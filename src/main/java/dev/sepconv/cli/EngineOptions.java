package dev.sepconv.cli;

import dev.sepconv.engine.Engines;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that say where to run. */
final class EngineOptions {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(names = "--engine", paramLabel = "NAME",
            description = "Run on this engine: tornado, simd, plain or java.")
    String engine;

    @Option(names = "--device", paramLabel = "NAME",
            description = "Run on this device: its id, its backend or a part of its name, as the command devices lists them. "
                    + "Of several with commas between them compare measures each, conv and run split their work over all.")
    String device;

    @Option(names = "--verbose",
            description = "Say on stderr which engine and device were chosen, and why. Without it that is said once, and when it changes.")
    private boolean verbose;

    /** Opens what was asked for, else the best there is. */
    Engines.Choice choose() {
        Engines.Choice choice = Engines.choose(engine, device);
        say(choice.toString());
        return choice;
    }

    /** Whether the user named an engine or a device, and doesn't ask to be told of it. */
    boolean isKnown() {
        return !verbose && (engine != null || device != null);
    }

    /**
     * Says on stderr how the command runs, unless the user knows: by having asked for it, or been
     * told before.
     */
    void say(String sentence) {
        if (verbose || engine == null && device == null && Told.isNew(sentence)) {
            command.commandLine().getErr().println("sepconv: " + sentence);
        }
    }
}
