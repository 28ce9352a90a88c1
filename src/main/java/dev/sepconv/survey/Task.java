package dev.sepconv.survey;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sepconv.survey.Survey.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a child process is to do.
 *
 * @param device an id; null to list the engine's devices and no more
 * @param peaks whether to measure what the device does at most
 * @param work in this order
 * @param secondsPerCell how long each is measured once it is warm; at most as long is spent on
 * warming up
 */
record Task(String engine, String device, boolean peaks, List<Work> work, double secondsPerCell) {

    private static final ObjectMapper JSON = new ObjectMapper();

    void write(Path file) throws IOException {
        Files.write(file, JSON.writeValueAsBytes(this));
    }

    static Task read(Path file) throws IOException {
        return JSON.readValue(file.toFile(), Task.class);
    }
}
