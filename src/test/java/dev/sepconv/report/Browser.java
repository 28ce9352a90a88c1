package dev.sepconv.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A real browser for tests of pages: Chromium or Chrome, headless. A test is skipped where there is
 * none.
 */
final class Browser {

    private final Path program;
    private final Path folder;

    private Browser(Path program, Path folder) {
        this.program = program;
        this.folder = folder;
    }

    /** The page after its scripts ran, and what the browser wrote on its console. */
    record Opened(String dom, List<String> complaints) {
        /** What a probe put into an attribute of the body. */
        int number(String name) {
            return Integer.parseInt(text(name));
        }

        String text(String name) {
            Matcher matcher = Pattern.compile("data-" + name + "=\"([^\"]*)\"").matcher(dom);
            assertTrue(matcher.find(), "the probe did not run: no data-" + name);
            return matcher.group(1);
        }
    }

    /** The first on the PATH; the folder takes its logs and profiles. */
    static Browser find(Path folder) {
        List<Path> places = Stream
                .of(System.getenv().getOrDefault("PATH", "").split(java.io.File.pathSeparator))
                .map(Path::of).toList();
        for (String name : List.of("chromium", "chromium-browser", "google-chrome",
                "google-chrome-stable")) {
            for (Path place : places) {
                if (Files.isExecutable(place.resolve(name))) {
                    return new Browser(place.resolve(name), folder);
                }
            }
        }
        assumeTrue(false, "no Chromium or Chrome on the PATH, so the page is not opened");
        throw new AssertionError();
    }

    Opened open(Path page, String... options) throws IOException, InterruptedException {
        Path dom = Files.createTempFile(folder, "dom", ".html");
        Path log = Files.createTempFile(folder, "log", ".txt");
        Path profile = Files.createTempDirectory(folder, "profile");
        List<String> command = new ArrayList<>(List.of(program.toString(), "--headless",
                "--no-sandbox", "--disable-gpu", "--disable-background-networking",
                "--disable-sync", "--disable-dev-shm-usage", "--no-first-run",
                "--user-data-dir=" + profile, "--window-size=600,900", "--enable-logging=stderr",
                "--virtual-time-budget=10000"));
        command.addAll(List.of(options));
        command.addAll(List.of("--dump-dom", page.toUri().toString()));
        Process process = new ProcessBuilder(command).redirectOutput(dom.toFile())
                .redirectError(log.toFile()).start();
        boolean ended = process.waitFor(120, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly();
        }
        assertTrue(ended, "the browser did not end within two minutes: " + Files.readString(log));
        assertEquals(0, process.exitValue(), () -> "the browser failed: " + log);
        List<String> complaints = new ArrayList<>();
        for (String line : Files.readAllLines(log)) {
            if (line.contains("CONSOLE")) {
                complaints.add(line);
            }
        }
        String html = Files.readString(dom);
        assertTrue(html.contains("</html>"), "the browser gave no page: " + Files.readString(log));
        return new Opened(html, complaints);
    }
}
