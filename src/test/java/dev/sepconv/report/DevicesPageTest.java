package dev.sepconv.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.engine.Engines.Missing;
import dev.sepconv.report.Browser.Opened;
import dev.sepconv.survey.Survey;
import dev.sepconv.survey.Survey.Cell;
import dev.sepconv.survey.Survey.State;
import dev.sepconv.survey.Survey.Surveyed;
import dev.sepconv.survey.Survey.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code devices.html} says, and how a real browser shows it; the latter is skipped where
 * there is none.
 */
class DevicesPageTest {

    /**
     * Put into a copy of the page, which stands in a frame as wide as a phone: unfolds everything
     * and counts. Told are also labels that leave their drawing or cover one another, and text
     * whose contrast to what is behind it is below 4.5 to 1.
     */
    private static final String PROBE = """
            <script>
            addEventListener("load", () => {
              const all = query => [...document.querySelectorAll(query)];
              all("details").forEach(one => one.open = true);
              const boxes = all("svg[role=img]").map(svg => ({svg: svg.getBoundingClientRect(),
                texts: [...svg.querySelectorAll("text")].map(text => ({text: text.textContent, box: text.getBoundingClientRect()}))}));
              const clipped = boxes.flatMap(({svg, texts}) => texts.filter(({box}) =>
                box.left < svg.left - 1 || box.right > svg.right + 1 || box.top < svg.top - 1 || box.bottom > svg.bottom + 1));
              const overlaps = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3;
              const covered = boxes.flatMap(({texts}) => texts.flatMap((a, i) =>
                texts.slice(i + 1).filter(b => overlaps(a.box, b.box)).map(b => ({text: a.text + " on " + b.text}))));
              const parse = colour => colour.match(/[\\d.]+/g).map(Number);
              const light = colour => parse(colour).slice(0, 3).map(v => v / 255)
                .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
                .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
              const behind = element => { for (let e = element; e; e = e.parentElement) {
                const colour = getComputedStyle(e).backgroundColor, parts = parse(colour);
                if (parts.length < 4 || parts[3] > 0) return colour; } return "rgb(255, 255, 255)"; };
              const faint = all("body *").filter(e => [...e.childNodes].some(n => n.nodeType == 3 && n.textContent.trim())
                  && !["SCRIPT", "STYLE", "TITLE", "title"].includes(e.tagName)).filter(e => {
                const style = getComputedStyle(e), text = light(e.ownerSVGElement ? style.fill : style.color), ground = light(behind(e));
                return (Math.max(text, ground) + .05) / (Math.min(text, ground) + .05) < 4.5; });
              const name = list => list.map(({text, textContent}) => text ?? textContent).join("|").slice(0, 300);
              parent.postMessage({
                dark: matchMedia("(prefers-color-scheme: dark)").matches ? 1 : 0,
                window: innerWidth,
                wide: document.documentElement.scrollWidth - innerWidth,
                heat: all("#heat tbody tr").length,
                cells: all(".cells tbody tr").length,
                crossovers: all("#crossovers svg[role=img]").length,
                lines: all("#crossovers svg[role=img] polyline.series").length,
                rooflines: all("#rooflines svg").length,
                roofs: all("#rooflines .roof").length,
                points: all("#rooflines figure .mark").length,
                bars: all(".share svg.bar").length,
                kernels: all(".share rect.kernel").length,
                described: all("svg[role=img]").filter(svg => svg.getAttribute("aria-label")).length - all("svg[role=img]").length,
                scopes: all("th").filter(th => th.scope).length - all("th").length,
                loaded: performance.getEntriesByType("resource").length,
                clipped: name(clipped), covered: name(covered), faint: name(faint),
              }, "*");
            });
            </script>
            """;

    private static final String FRAME = """
            <!DOCTYPE html><html><body><script>
            addEventListener("message", message => {
              for (const [name, value] of Object.entries(message.data)) document.body.setAttribute("data-" + name, value);
            });
            </script><iframe src="probed.html" width="%d" height="800" style="border: 0"></iframe></body></html>
            """;

    @TempDir
    Path folder;

    @Test
    void aPhoneShowsEverythingInLightAndInDark() throws Exception {
        Browser browser = Browser.find(folder);
        Survey survey = DevicesReport
                .merge(List.of(Surveys.workstation(), Surveys.laptop(), Surveys.office()));
        DevicesReport.write(survey, folder);
        assertEquals(List.of(), browser.open(folder.resolve("devices.html")).complaints());
        for (boolean dark : new boolean[]{false, true}) {
            Opened page = probed(browser, 360, dark);
            assertEquals(dark ? 1 : 0, page.number("dark"));
            assertEquals(8, page.number("heat"));
            assertEquals(7 * Surveys.work().size(), page.number("cells"));
            assertEquals(3, page.number("crossovers"));
            // the laptop was stopped after two sizes of the first ladder, and ptx:0:0 has none
            assertEquals(3 * 6 + 1, page.number("lines"));
            assertEquals(7, page.number("rooflines"));
            assertEquals(5, page.number("roofs"), "java and the laptop's simd have no peak");
            int right = survey.machines().stream().flatMap(machine -> machine.devices().stream())
                    .flatMap(device -> device.cells().stream())
                    .filter(cell -> cell.state() == State.OK).toList().size();
            assertEquals(right, page.number("points"));
            assertEquals(right, page.number("bars"));
            assertTrue(page.number("kernels") > 80);
            shown(page);
        }
    }

    @Test
    void fromOneDeviceToTwentyAtAnyWidth() throws Exception {
        Browser browser = Browser.find(folder);
        for (Survey survey : List.of(Surveys.laptop(), Surveys.office(), DevicesSamples.many())) {
            DevicesReport.write(survey, folder);
            for (int width : new int[]{360, 1280}) {
                shown(probed(browser, width, false));
            }
        }
    }

    @Test
    void aMachineWithNothingMeasuredHasItsPage() throws Exception {
        Browser browser = Browser.find(folder);
        DevicesReport.write(
                Surveys.survey(Surveys.machine("empty", true,
                        List.of(new Missing("tornado", "No SDK.")), List.of(Surveys.broken()))),
                folder);
        Opened page = probed(browser, 360, false);
        assertEquals(1, page.number("heat"));
        assertEquals(0, page.number("rooflines"));
        shown(page);
        String html = Files.readString(folder.resolve("devices.html"));
        assertTrue(html.contains("No device gave a right result, so none can be advised."));
        assertTrue(html.contains("ptx:0:0 (NVIDIA RTX 4070 Laptop GPU) failed: The PTX driver"));
        DevicesReport.write(new Survey(Survey.GENERATOR, 1, List.of(), List.of(),
                List.of(Surveys.machine("nothing", false, List.of(), List.of()))), folder);
        shown(probed(browser, 360, false));
    }

    /**
     * Nothing is wider than the window, clipped, covered, faint, without its description or loaded
     * from anywhere.
     */
    private static void shown(Opened page) {
        assertEquals(List.of(), page.complaints());
        assertTrue(page.number("wide") <= 0, "wider than the window by " + page.number("wide"));
        assertEquals(0, page.number("loaded"));
        assertEquals(0, page.number("scopes"));
        assertEquals(0, page.number("described"));
        assertEquals("", page.text("clipped"));
        assertEquals("", page.text("covered"));
        assertEquals("", page.text("faint"));
    }

    private Opened probed(Browser browser, int width, boolean dark)
            throws IOException, InterruptedException {
        String html = Files.readString(folder.resolve("devices.html"));
        Files.writeString(folder.resolve("probed.html"),
                html.replaceFirst("<meta http-equiv=\"Content-Security-Policy\"[^>]*>", "")
                        .replace("</body>", PROBE + "</body>"));
        Path frame = Files.writeString(folder.resolve("frame.html"), FRAME.formatted(width));
        Opened page = browser.open(frame,
                "--blink-settings=preferredColorScheme=" + (dark ? 0 : 1));
        assertEquals(width, page.number("window"));
        return page;
    }

    @Test
    void nothingIsLoadedAndNoScriptIsThere() throws IOException {
        String html = DevicesPage
                .render(DevicesReport.merge(List.of(Surveys.workstation(), Surveys.laptop())));
        assertFalse(html.matches(
                "(?s).*(<script|<link rel=\"(?!icon)|@import|\\ssrc=|https?://|url\\((?!#)).*"));
        assertTrue(html.contains("default-src 'none'"));
    }

    @Test
    void namesOfOthersAreNoMarkup() throws IOException {
        String html = DevicesPage.render(Surveys.survey(Surveys.machine("<script>alert(1)</script>",
                true, List.of(), List.of(Surveys.device("simd", "simd", "\"><b>bold</b>",
                        "vector-api", "cpu", null, null, null, Surveys.cells(Surveys.SIMD))))));
        assertFalse(html.contains("<script"));
        assertFalse(html.contains("<b>bold"));
        assertTrue(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    }

    @Test
    void adviceKeepsNetworksFromConvolutions() {
        assertEquals("standard and grouped convolutions",
                DevicesAdvice.named(List.of("standard", "grouped")));
        assertEquals("pointwise convolutions, and mobilenet-v2",
                DevicesAdvice.named(List.of("pointwise", "mobilenet-v2")));
        assertEquals("mobilenet-v1:0.5 and alexnet",
                DevicesAdvice.named(List.of("mobilenet-v1:0.5", "alexnet")));
    }

    @Test
    void adviceNamesTheDeviceTheMarginAndTheSize() {
        DevicesAdvice.Advice advice = advice(Surveys.workstation());
        assertEquals(
                "Use opencl:1:0 (NVIDIA RTX 4070 Laptop GPU) for standard, pointwise and separable convolutions: 1.5 to 8.5 times as fast as simd; simd (AMD EPYC, 16 lanes) for grouped and depthwise convolutions: 1.1 to 1.8 times as fast as opencl:0:0. Faster on simd all the same: standard below 32×32 pixels and every size of the ladder separable by size.",
                advice.use());
        assertEquals(List.of(
                "124 of 125 results agree with the float64 reference; the largest relative error of those is 1.3e-07.",
                "opencl:1:0 gives wrong results on grouped 128x56x56 s1 128 b1: The relative error is 0.0031; 1e-5 is allowed. Don't use it for that.",
                "opencl:1:0 failed on grouped 512x14x14 s1 512 b1: clBuildProgram failed with CL_BUILD_PROGRAM_FAILURE: error: use of undeclared identifier 'i_27' in <kernel>:41.",
                "opencl:0:0 ran out of memory on standard 512x112x112 s1 512 b16: It takes 6.6 GB and the device has 4 GB; raise tornado.device.memory or use a smaller batch.",
                "ptx:0:0 (NVIDIA RTX 4070 Laptop GPU) failed: The PTX driver could not make a context: CUDA_ERROR_NO_DEVICE (100).",
                "java took too long and was stopped on standard 512x112x112 s1 512 b16: It took longer than 30 s and was stopped."),
                advice.notes());
    }

    @Test
    void adviceOfOneDeviceAndOfAnInterruptedMachine() {
        DevicesAdvice.Advice advice = advice(Surveys.laptop());
        assertEquals(
                "Use simd (Intel Core i7, 8 lanes): it is the only device that could be measured.",
                advice.use());
        assertEquals(
                "It was interrupted: 20 of 32 measurements were not made, so a device may be judged by part of the work.",
                advice.notes().get(1));
        assertTrue(advice.notes().getLast()
                .startsWith("Not measured: tornado. TORNADOVM_HOME is not set;"));
        assertTrue(advice.notes().getLast().contains("its GPU for one"));
    }

    @Test
    void whereBothAreAsFastTheCpuEngineIsAdvised() {
        Work work = Surveys.work("standard", null, 16, 8, 16, 1);
        assertEquals(
                "Use simd for everything that was measured, though opencl:0:0 is about as fast.",
                use(work, .98, 1));
        assertEquals("Use opencl:0:0 for everything that was measured: 1.2 times as fast as simd.",
                use(work, 1, 1.2));
        assertEquals("Use simd for everything that was measured: 40 times as fast as opencl:0:0.",
                use(work, 40, 1));
    }

    private static String use(Work work, double device, double simd) {
        return advice(new Survey(Survey.GENERATOR, 1, List.of(), List.of(work),
                List.of(Surveys.machine("m", true, List.of(),
                        List.of(surveyed("tornado", "opencl:0:0", List.of(cell(work, device))),
                                surveyed("simd", "simd", List.of(cell(work, simd))))))))
                .use();
    }

    /** Two devices, times given: ladders with every kind of crossing. */
    @Test
    void crossingsAreReadFromTheLadder() {
        assertEquals("faster than simd from 16×16 pixels on; up to 4.0 times as fast at 32×32.",
                crossing(2, 2, 1, .5));
        assertEquals("faster than simd at every size; up to 10 times as fast at 4×4.",
                crossing(.2, .2, .2, .2));
        assertEquals(
                "never faster than simd in this range; nearest at 32×32, where simd is 1.5 times as fast.",
                crossing(6, 5, 4, 3));
        assertEquals("faster than simd only at 8×8; up to 2.0 times as fast at 8×8.",
                crossing(9, 1, 9, 9));
        assertEquals("faster than simd from 32×32 pixels on; up to 2.0 times as fast at 32×32.",
                crossing(9, 9, Double.NaN, 1));
        assertEquals("no result.", crossing(Double.NaN, Double.NaN, Double.NaN, Double.NaN));
    }

    /**
     * What is said of a device that takes these milliseconds where simd takes 2; it fails where
     * there is no number.
     */
    private static String crossing(double... millis) {
        List<Work> rungs = new ArrayList<>();
        List<Cell> simd = new ArrayList<>();
        List<Cell> device = new ArrayList<>();
        for (int i = 0; i < millis.length; i++) {
            Work rung = Surveys.work("depthwise", "ladder", 16, 4 << i, 16, 1);
            rungs.add(rung);
            simd.add(cell(rung, 2));
            device.add(millis[i] > 0
                    ? cell(rung, millis[i])
                    : Surveys.failed(rung, State.FAILED, "It failed."));
        }
        Survey survey = new Survey(Survey.GENERATOR, 1, List.of(), rungs,
                List.of(Surveys.machine("m", true, List.of(),
                        List.of(surveyed("tornado", "opencl:0:0", device),
                                surveyed("simd", "simd", simd)))));
        return CrossoverChart.of(Ladder.of(survey).getFirst(), Entrant.of(survey)).verdicts()
                .getFirst().text();
    }

    private static Surveyed surveyed(String engine, String id, List<Cell> cells) {
        return Surveys.device(engine, id, id, "opencl", "cpu", null, null, null, cells);
    }

    private static Cell cell(Work work, double millis) {
        return new Cell(work.id(), State.OK, null, List.of(), 1.0, 1.0, Surveys.timing(millis),
                null, null, null, work.flops() / millis / 1e6, work.bytes() / millis / 1e6, null,
                1e-7);
    }

    private static DevicesAdvice.Advice advice(Survey survey) {
        return new DevicesAdvice(survey, DevicesRanking.of(survey))
                .of(survey.machines().getFirst());
    }
}
