package dev.sepconv.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sepconv.compare.FaultyEngine;
import dev.sepconv.engine.Engines.Inventory;
import dev.sepconv.engine.java.JavaEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opens {@code report.html} in a real browser: Chromium or Chrome, headless; skipped where there is none. */
class ReportPageTest {

    /** Put into a copy of the page: counts what only a browser can know. The page itself has no script and allows none. */
    private static final String PROBE = """
            <script>
            addEventListener("load", () => {
              const seen = {
                pictures: document.images.length,
                decoded: [...document.images].filter(i => i.complete && i.naturalWidth > 0).length,
                described: [...document.images].filter(i => i.alt).length,
                costs: document.querySelectorAll("#costs tbody tr").length,
                times: document.querySelectorAll(".times tbody tr").length,
                points: document.querySelectorAll("svg circle").length,
                scopes: [...document.querySelectorAll("th")].filter(th => th.scope).length
                  - document.querySelectorAll("th").length,
                wide: document.documentElement.scrollWidth - innerWidth,
              };
              for (const [name, value] of Object.entries(seen)) document.body.setAttribute("data-" + name, value);
            });
            </script>
            """;

    @TempDir
    Path folder;

    @Test
    void tablesAndPicturesAreThereAndNothingIsComplainedOf() throws Exception {
        Path browser = browser();
        Reports.write("<b>photo</b>.png", Reports.compare(4, new Inventory(List.of(JavaEngine.open()), List.of())), folder);
        Opened page = open(browser, folder.resolve("report.html"));
        assertEquals(List.of(), page.complaints());
        assertTrue(page.dom().contains("<h1>Every convolution on &lt;b&gt;photo&lt;/b&gt;.png</h1>"));

        String html = Files.readString(folder.resolve("report.html"));
        Path copy = folder.resolve("probed.html");
        Files.writeString(copy, html.replaceFirst("<meta http-equiv=\"Content-Security-Policy\"[^>]*>", "").replace("</body>",
                PROBE + "</body>"));
        Opened probed = open(browser, copy);
        assertEquals(List.of(), probed.complaints());
        // the input, 39 maps each with its last filter, and 3 + 4 + 3 + 3 filters of first steps
        assertEquals(1 + 2 * 39 + 13, probed.number("pictures"));
        assertEquals(probed.number("pictures"), probed.number("decoded"));
        assertEquals(probed.number("pictures"), probed.number("described"));
        assertEquals(9, probed.number("costs"));
        assertEquals(9, probed.number("times"));
        assertEquals(9, probed.number("points"));
        assertEquals(0, probed.number("scopes"));
        assertTrue(probed.number("wide") <= 0, "wider than the window by " + probed.number("wide"));
    }

    @Test
    void twoDevicesAndFailuresHaveTheirRows() throws Exception {
        Path browser = browser();
        Reports.write("photo.png", Reports.compare(4, new Inventory(List.of(JavaEngine.open(), new FaultyEngine()), List.of())),
                folder);
        String html = Files.readString(folder.resolve("report.html"));
        Path copy = folder.resolve("probed.html");
        Files.writeString(copy, html.replaceFirst("<meta http-equiv=\"Content-Security-Policy\"[^>]*>", "").replace("</body>",
                PROBE + "</body>"));
        Opened probed = open(browser, copy);
        assertEquals(List.of(), probed.complaints());
        assertEquals(18, probed.number("times"));
        assertEquals(9 + 2, probed.number("points"), "only standard and standard-5x5 ran on the faulty device");
        assertEquals(probed.number("pictures"), probed.number("decoded"));
    }

    private record Opened(String dom, List<String> complaints) {
        int number(String name) {
            Matcher matcher = Pattern.compile("data-" + name + "=\"(-?\\d+)\"").matcher(dom);
            assertTrue(matcher.find(), "the probe did not run: no data-" + name);
            return Integer.parseInt(matcher.group(1));
        }
    }

    private Opened open(Path browser, Path page) throws IOException, InterruptedException {
        Path dom = Files.createTempFile(folder, "dom", ".html");
        Path log = Files.createTempFile(folder, "log", ".txt");
        Path profile = Files.createTempDirectory(folder, "profile");
        Process process = new ProcessBuilder(browser.toString(), "--headless", "--no-sandbox", "--disable-gpu",
                "--disable-background-networking", "--disable-sync", "--disable-dev-shm-usage", "--no-first-run",
                "--user-data-dir=" + profile, "--window-size=600,900", "--enable-logging=stderr", "--virtual-time-budget=10000",
                "--dump-dom", page.toUri().toString()).redirectOutput(dom.toFile()).redirectError(log.toFile()).start();
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

    private static Path browser() {
        List<Path> places = Stream.of(System.getenv().getOrDefault("PATH", "").split(java.io.File.pathSeparator)).map(Path::of)
                .toList();
        for (String name : List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")) {
            for (Path place : places) {
                if (Files.isExecutable(place.resolve(name))) {
                    return place.resolve(name);
                }
            }
        }
        assumeTrue(false, "no Chromium or Chrome on the PATH, so report.html is not opened");
        throw new AssertionError();
    }
}
