package dev.sepconv.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code scripts/soak} in its short form, in a Java of its own, whose memory nobody else fills. */
class SoakTest {

    private static final int SECONDS = Integer.getInteger("sepconv.soak.seconds", 20);

    @Test
    void nothingGrowsAndNoBitChanges() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch"));
        // the modules that this Java was started with
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream().filter(
                each -> each.startsWith("--add-modules") || each.startsWith("--module-path"))
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Soak.class.getName(),
                "simd", String.valueOf(SECONDS), "50"));
        Process java = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, java.waitFor(), printed);
        assertTrue(printed.contains("done:  "), printed);
    }
}
