package dev.sepconv.cli;

import dev.sepconv.engine.Engines;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that say where to run, for commands that run on one device. */
final class EngineOptions {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(names = "--engine", paramLabel = "NAME", description = "Run on this engine: tornado, simd or java.")
    String engine;

    @Option(names = "--device", paramLabel = "NAME",
            description = "Run on this device: its id, its backend or a part of its name, as the command devices lists them. "
                    + "Where a single layer is run, several with commas between them share its batch or groups.")
    String device;

    /** Opens what was asked for, else the best there is, and says on stderr which and why. */
    Engines.Choice choose() {
        Engines.Choice choice = Engines.choose(engine, device);
        command.commandLine().getErr().println("sepconv: " + choice);
        return choice;
    }
}
