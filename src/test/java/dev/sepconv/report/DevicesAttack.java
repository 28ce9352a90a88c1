package dev.sepconv.report;

import dev.sepconv.survey.Survey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A {@code devices.json} of another machine, as {@code compare-devices --merge} takes it. */
public final class DevicesAttack {

    private DevicesAttack() {
    }

    public static void on(byte[] input, Path folder) throws IOException {
        Survey survey = DevicesReport.read(Files.write(folder.resolve("given.json"), input));
        Survey merged = DevicesReport.merge(List.of(survey, survey));
        DevicesReport.write(merged, folder);
        if (!DevicesReport.read(folder.resolve("devices.json")).equals(merged)) {
            throw new AssertionError("what was written is read as something else");
        }
    }
}
