package dev.sepconv.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.compare.FaultyEngine;
import dev.sepconv.engine.Engines.Inventory;
import dev.sepconv.engine.java.JavaEngine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Opens {@code report.html} in a real browser: Chromium or Chrome, headless; skipped where there is
 * none.
 */
class ReportPageTest {

    /**
     * Put into a copy of the page: counts what only a browser can know. The page itself has no
     * script and allows none.
     */
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
        Browser browser = Browser.find(folder);
        Reports.write("<b>photo</b>.png",
                Reports.compare(4, new Inventory(List.of(JavaEngine.open()), List.of())), folder);
        Browser.Opened page = browser.open(folder.resolve("report.html"));
        assertEquals(List.of(), page.complaints());
        assertTrue(
                page.dom().contains("<h1>Every convolution on &lt;b&gt;photo&lt;/b&gt;.png</h1>"));

        String html = Files.readString(folder.resolve("report.html"));
        Path copy = folder.resolve("probed.html");
        Files.writeString(copy,
                html.replaceFirst("<meta http-equiv=\"Content-Security-Policy\"[^>]*>", "")
                        .replace("</body>", PROBE + "</body>"));
        Browser.Opened probed = browser.open(copy);
        assertEquals(List.of(), probed.complaints());
        // the input, 51 maps each with its last filter, and 3 + 4 + 3 + 3 + 2 * 3 filters of
        // earlier steps
        assertEquals(1 + 2 * 51 + 19, probed.number("pictures"));
        assertEquals(probed.number("pictures"), probed.number("decoded"));
        assertEquals(probed.number("pictures"), probed.number("described"));
        assertEquals(12, probed.number("costs"));
        assertEquals(12, probed.number("times"));
        assertEquals(12, probed.number("points"));
        assertEquals(0, probed.number("scopes"));
        assertTrue(probed.number("wide") <= 0, "wider than the window by " + probed.number("wide"));
    }

    /**
     * At 400 pixels: the page doesn't scroll sideways, its tables do, and their first column stays
     * and leaves room.
     */
    @Test
    void tablesCanBeReadOnANarrowScreen() throws Exception {
        Browser browser = Browser.find(folder);
        Reports.write("photo.png",
                Reports.compareLayers(new Inventory(List.of(JavaEngine.open()), List.of())),
                folder);
        String html = Files.readString(folder.resolve("report.html"));
        Files.writeString(folder.resolve("framed.html"),
                html.replaceFirst("<meta http-equiv=\"Content-Security-Policy\"[^>]*>", ""));
        Path frame = folder.resolve("frame.html");
        Files.writeString(frame,
                """
                        <!DOCTYPE html><html><body><iframe src="framed.html" width="400" height="800"></iframe>
                        <script>
                        addEventListener("load", () => {
                          const page = document.querySelector("iframe").contentDocument;
                          const boxes = [...page.querySelectorAll(".scroll")];
                          boxes.forEach(box => box.scrollLeft = 200);
                          const seen = {
                            wide: page.documentElement.scrollWidth - 400,
                            out: boxes.filter(box => box.getBoundingClientRect().right > 400).length,
                            first: Math.max(...boxes.map(box => box.querySelector("tbody th").getBoundingClientRect().width)),
                            gone: boxes.filter(box => box.querySelector("tbody th").getBoundingClientRect().left
                              - box.getBoundingClientRect().left > 2 || box.querySelector("tbody th").getBoundingClientRect().left < 0).length,
                            layers: page.querySelectorAll(".layers tbody tr").length,
                          };
                          for (const [name, value] of Object.entries(seen)) document.body.setAttribute("data-" + name, Math.ceil(value));
                        });
                        </script></body></html>
                        """);
        Browser.Opened page = browser.open(frame, "--allow-file-access-from-files");
        assertEquals(List.of(), page.complaints());
        assertTrue(page.number("wide") <= 0, "wider than the window by " + page.number("wide"));
        assertEquals(0, page.number("out"));
        assertEquals(0, page.number("gone"), "first columns that scrolled away");
        assertTrue(page.number("first") <= 160, "first column is " + page.number("first"));
        assertEquals(16, page.number("layers"));
    }

    @Test
    void twoDevicesAndFailuresHaveTheirRows() throws Exception {
        Browser browser = Browser.find(folder);
        Reports.write("photo.png",
                Reports.compare(4,
                        new Inventory(List.of(JavaEngine.open(), new FaultyEngine()), List.of())),
                folder);
        String html = Files.readString(folder.resolve("report.html"));
        Path copy = folder.resolve("probed.html");
        Files.writeString(copy,
                html.replaceFirst("<meta http-equiv=\"Content-Security-Policy\"[^>]*>", "")
                        .replace("</body>", PROBE + "</body>"));
        Browser.Opened probed = browser.open(copy);
        assertEquals(List.of(), probed.complaints());
        assertEquals(24, probed.number("times"));
        assertEquals(12 + 4, probed.number("points"),
                "no chain and no depthwise ran on the faulty device");
        assertEquals(probed.number("pictures"), probed.number("decoded"));
    }
}
