package dev.sepconv.cli;

import dev.sepconv.Engine;
import dev.sepconv.NetworkPlan;
import dev.sepconv.Plan;
import dev.sepconv.engine.DeviceShare;
import dev.sepconv.engine.DeviceSplit;
import dev.sepconv.engine.Engines;
import dev.sepconv.engine.SplitAxis;
import dev.sepconv.engine.SplitEngine;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** What several devices share, for commands that can run on several at once. */
final class SplitOption {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(names = "--split", paramLabel = "WHAT", converter = AlongConverter.class,
            description = "What several devices share: batch, groups (of a layer without groups, filters), space (the picture's rows), "
                    + "or auto (the default): the first of these of which there is enough.")
    private Choice wanted = new Choice(null);

    /** @param along null for auto */
    private record Choice(SplitAxis along) {
    }

    static final class AlongConverter implements ITypeConverter<Choice> {
        @Override
        public Choice convert(String value) {
            if (value.equals("auto")) {
                return new Choice(null);
            }
            for (SplitAxis along : SplitAxis.values()) {
                if (along.word().equals(value)) {
                    return new Choice(along);
                }
            }
            throw new TypeConversionException(
                    "'%s' is unknown; it must be batch, groups, space or auto".formatted(value));
        }
    }

    /**
     * How a plan was split.
     *
     * @param steps after each but the last the devices exchange; 1 for a layer
     */
    record Report(String along, int steps, List<DeviceShare> shares) {
    }

    /** Whether it was said what they share. */
    boolean given() {
        return wanted.along != null;
    }

    /** The engine of what was chosen, which shares what was asked for. */
    Engine engine(Engines.Choice choice) {
        if (choice.engine() instanceof SplitEngine split) {
            return split.along(wanted.along);
        }
        if (wanted.along != null) {
            throw new ParameterException(command.commandLine(),
                    "--split is %s; it needs several devices: --device NAME,NAME"
                            .formatted(wanted.along.word()));
        }
        return choice.engine();
    }

    /**
     * What a plan that has run says of its devices, with {@code --verbose} on stderr too; null
     * where it has only one.
     */
    Report report(Plan plan, EngineOptions where) {
        return plan.asNetwork().map(network -> report(network, where)).orElse(null);
    }

    /** {@link #report(Plan, EngineOptions)} of a network. */
    Report report(NetworkPlan plan, EngineOptions where) {
        if (plan instanceof DeviceSplit split) {
            where.say("split by " + split);
            return new Report(split.along().word(), split.steps(), split.shares());
        }
        return null;
    }
}
