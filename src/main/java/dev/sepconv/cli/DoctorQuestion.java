package dev.sepconv.cli;

import dev.sepconv.doctor.Children.Question;
import dev.sepconv.doctor.Drivers;
import dev.sepconv.doctor.Probe;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What {@link DoctorCommand} asks another process of sepconv's: the answer as JSON. */
@Command(name = "doctor-question", hidden = true,
        description = "Answer a question of the command doctor's.")
final class DoctorQuestion implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0")
    private Question question;

    @Parameters(index = "1", arity = "0..1", defaultValue = "")
    private String device;

    @Override
    public Integer call() {
        JsonOption.print(spec.commandLine().getOut(), switch (question) {
            case DRIVERS -> Drivers.ask();
            case DEVICES -> Probe.devices();
            case RUN -> Probe.run("tornado", device);
        });
        return Failure.NONE;
    }
}
