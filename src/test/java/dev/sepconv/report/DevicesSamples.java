package dev.sepconv.report;

import dev.sepconv.survey.Survey;
import dev.sepconv.survey.Survey.Machine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Writes the pages of made-up surveys, and of real ones, into folders, for people to look at:
 * {@code OUT [devices.json …]}.
 */
final class DevicesSamples {

    private DevicesSamples() {
    }

    public static void main(String... args) throws IOException {
        Path out = Path.of(args[0]);
        DevicesReport.write(Surveys.workstation(), out.resolve("workstation"));
        DevicesReport.write(Surveys.laptop(), out.resolve("laptop"));
        DevicesReport.write(Surveys.office(), out.resolve("office"));
        DevicesReport.write(
                DevicesReport
                        .merge(List.of(Surveys.workstation(), Surveys.laptop(), Surveys.office())),
                out.resolve("merged"));
        DevicesReport.write(many(), out.resolve("many"));
        for (int i = 1; i < args.length; i++) {
            DevicesReport.write(DevicesReport.read(Path.of(args[i])), out.resolve("read-" + i));
        }
    }

    /** Twenty devices. */
    static Survey many() {
        Machine workstation = Surveys.workstation().machines().getFirst();
        return DevicesReport.merge(
                Stream.of("a-node-with-a-long-name-1", "a-node-with-a-long-name-2", "node3", "x")
                        .map(name -> Surveys.survey(
                                Surveys.machine(name, true, List.of(), workstation.devices())))
                        .toList());
    }
}
