package dev.sepconv.engine.tornado;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes the page of {@code scripts/prove-device} and its row for docs/devices.md from what its
 * steps left in their folder.
 */
public final class ProofPage {

    private static final ObjectMapper JSON = new ObjectMapper();
    /** What timeout ends with where it ended the command, and where it had to kill it. */
    private static final List<Integer> CUT_OFF = List.of(124, 137);
    private static final int NOT_RUN_EXIT = 3;

    /** What became of a step. */
    enum State {
        DONE("done"),
        FAILED("failed"),
        CUT_OFF("cut off"),
        NOT_RUN("not run");

        private final String words;

        State(String words) {
            this.words = words;
        }
    }

    /**
     * @param seconds that it took; 0 if it was not run
     * @param found what it found, in a sentence
     */
    record Step(String name, State state, int seconds, String found) {
    }

    private final Path folder;
    private final String device;

    private ProofPage(Path folder, String device) {
        this.folder = folder;
        this.device = device;
    }

    /**
     * @param args the folder, the device as it was asked for, the commit or an empty text, and the
     * names of the steps; exit code 0 if every step is done, 1 if one failed, else 3
     */
    public static void main(String[] args) throws IOException {
        ProofPage page = new ProofPage(Path.of(args[0]), args[1]);
        List<Step> steps = new ArrayList<>();
        for (String name : Arrays.asList(args).subList(3, args.length)) {
            steps.add(page.step(name));
        }
        page.write(steps, args[2]);
        steps.forEach(step -> System.out.printf("%-12s %s: %s%n", step.state.words, step.name,
                step.found));
        System.out.println("written to " + page.folder.resolve("index.html"));
        System.exit(code(steps));
    }

    static int code(List<Step> steps) {
        return steps.stream().anyMatch(step -> step.state == State.FAILED)
                ? 1
                : steps.stream().allMatch(step -> step.state == State.DONE) ? 0 : NOT_RUN_EXIT;
    }

    private Step step(String name) throws IOException {
        Path file = folder.resolve(name + ".state");
        Path cut = folder.resolve(name + ".cut");
        if (!Files.exists(file) && !Files.exists(cut)) {
            return new Step(name, State.NOT_RUN, 0, "");
        }
        Map<String, String> state = new HashMap<>();
        for (String line : Files.readAllLines(Files.exists(file) ? file : cut)) {
            String[] words = line.split("=", 2);
            state.put(words[0], words[1]);
        }
        int code = Integer.parseInt(state.get("code"));
        int seconds = Integer.parseInt(state.get("seconds"));
        String found = found(name);
        if (CUT_OFF.contains(code)) {
            return new Step(name, State.CUT_OFF, seconds,
                    sentence(found, "cut off after %s s".formatted(state.get("limit"))));
        }
        return new Step(name, code == 0 ? State.DONE : State.FAILED, seconds,
                code == 0
                        ? found
                        : sentence(found, "exit code %d: %s".formatted(code,
                                lastLine(folder.resolve(name + ".err")))));
    }

    private static String sentence(String found, String end) {
        return found.isEmpty() || end.isEmpty() ? found + end : found + "; " + end;
    }

    private String found(String name) throws IOException {
        return switch (name) {
            case "doctor" -> doctor();
            case "kernels", "networks" -> counts(name);
            case "tune", "tune-v1", "tune-v2" -> tuned(name);
            case "blocks", "devices" -> cells(name);
            default -> run(name);
        };
    }

    /** What a step printed, where that is a document; null if it isn't whole. */
    private JsonNode document(Path file) throws IOException {
        if (!Files.exists(file)) {
            return null;
        }
        try {
            JsonNode document = JSON.readTree(file.toFile());
            return document.isObject() ? document : null;
        } catch (com.fasterxml.jackson.core.JacksonException e) {
            return null; // cut off
        }
    }

    private String doctor() throws IOException {
        JsonNode document = document(folder.resolve("doctor.out"));
        if (document == null) {
            return "";
        }
        List<String> bad = new ArrayList<>();
        for (JsonNode check : document.path("checks")) {
            if (List.of("fault", "warning").contains(check.path("state").asText())) {
                bad.add(check.path("title").asText() + ": " + check.path("finding").asText());
            }
        }
        return bad.isEmpty() ? "nothing is broken" : String.join("; ", bad);
    }

    private String counts(String name) throws IOException {
        Map<String, Integer> counts = new LinkedHashMap<>();
        List<String> bad = new ArrayList<>();
        for (String line : lines(folder.resolve(name + ".out"))) {
            for (String outcome : List.of("right", "wrong", "failed", "refused", "not run")) {
                if (line.startsWith("%-11s ".formatted(outcome))) {
                    counts.merge(outcome, 1, Integer::sum);
                    if (outcome.equals("wrong") || outcome.equals("failed")) {
                        bad.add(line.substring(12));
                    }
                }
            }
        }
        List<String> words = new ArrayList<>();
        counts.forEach((outcome, count) -> words.add(count + " " + outcome));
        return String.join(", ", words) + (bad.isEmpty() ? "" : ": " + bad.getFirst());
    }

    private String tuned(String name) throws IOException {
        JsonNode document = document(folder.resolve(name + ".out"));
        if (document == null) {
            return "";
        }
        int all = 0;
        int others = 0;
        for (JsonNode convolution : document.path("convolutions")) {
            all++;
            others += convolution.path("winner").equals(convolution.path("byDefault")) ? 0 : 1;
        }
        return "%s, of which %d %s a faster kernel than the default".formatted(
                all == 1 ? "1 convolution" : all + " convolutions", others,
                others == 1 ? "has" : "have");
    }

    private String cells(String name) throws IOException {
        JsonNode document = document(folder.resolve(name).resolve("devices.json"));
        if (document == null) {
            return "";
        }
        List<String> words = new ArrayList<>();
        for (JsonNode each : document.path("machines").path(0).path("devices")) {
            Map<String, Integer> states = new LinkedHashMap<>();
            each.path("cells").forEach(cell -> states
                    .merge(cell.path("state").asText().replace("ok", "right"), 1, Integer::sum));
            List<String> counts = new ArrayList<>();
            states.forEach((state, count) -> counts.add(count + " " + state));
            words.add(each.path("id").asText() + ": " + String.join(", ", counts));
        }
        return String.join("; ", words);
    }

    private String run(String name) throws IOException {
        JsonNode document = document(folder.resolve(name + ".out"));
        if (document == null) {
            return "";
        }
        JsonNode profile = document.path("profile");
        return profile.isObject()
                ? "%s ms a run, of which %s in kernels (median of %d)".formatted(
                        digits(profile.path("runMillis")), digits(profile.path("layersMillis")),
                        profile.path("runs").asInt())
                : "ran once; not compared, time not measured";
    }

    private static String digits(JsonNode number) {
        return number.isNumber() ? "%.3g".formatted(number.asDouble()) : "?";
    }

    private static List<String> lines(Path file) throws IOException {
        return Files.exists(file)
                ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList()
                : List.of();
    }

    private static String lastLine(Path file) throws IOException {
        List<String> lines = lines(file).stream().filter(line -> !line.isBlank()).toList();
        return lines.isEmpty() ? "it said nothing" : lines.getLast().strip();
    }

    // The page

    private void write(List<Step> steps, String commit) throws IOException {
        JsonNode doctor = document(folder.resolve("doctor.out"));
        String driver = "unknown";
        String java = "unknown";
        String sdk = "unknown";
        if (doctor != null) {
            for (JsonNode check : doctor.path("checks")) {
                String title = check.path("title").asText();
                String finding = check.path("finding").asText();
                if (title.equals("SDK")) {
                    sdk = finding.split(" at ")[0];
                } else if (title.matches("\\w+:\\d+:\\d+") && driver.equals("unknown")
                        && title.startsWith(device.split(":")[0])
                        && (!device.contains(":") || title.equals(device))) {
                    driver = finding;
                }
            }
            java = doctor.path("environment").path("java").asText();
        }
        String date = LocalDate.now(ZoneOffset.UTC).toString();
        List<String> short_ = steps.stream().map(step -> step.name + " " + step.state.words
                + (step.found.isEmpty() ? "" : " (" + step.found + ")")).toList();
        String row = "| %s | %s | | %s | %s | %s | `scripts/prove-device %s`: %s |".formatted(
                device.split(":")[0], driver, sdk, java, date, device, String.join("; ", short_));
        Files.writeString(folder.resolve("row.md"), row.replace("\n", " ") + "\n");
        StringBuilder html = new StringBuilder();
        html.append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
                .append("<title>Proof of ").append(escaped(device)).append("</title><style>")
                .append(style()).append("</style></head><body><main><h1>Proof of ")
                .append(escaped(device)).append("</h1>");
        html.append("<p class=\"lead\">").append(escaped(summary(steps))).append("</p><dl>");
        fact(html, "Device", driver);
        fact(html, "TornadoVM", sdk);
        fact(html, "Java", java);
        fact(html, "sepconv", commit.isEmpty() ? "commit unknown" : "commit " + commit);
        fact(html, "Day", date);
        if (Files.readString(folder.resolve("device")).strip().endsWith(" small")) {
            fact(html, "Sizes", "small, results only: no time here means anything");
        }
        html.append("</dl><h2>Steps</h2><div class=\"scroll\" tabindex=\"0\"><table><thead><tr>")
                .append("<th>step</th><th>seconds</th><th>what became of it</th><th class=\"text\">what it found</th>")
                .append("</tr></thead><tbody>");
        for (Step step : steps) {
            html.append("<tr><th>").append(escaped(step.name)).append("</th><td>")
                    .append(step.state == State.NOT_RUN ? "" : step.seconds).append("</td><td")
                    .append(step.state == State.DONE ? ">" : " class=\"bad\">")
                    .append(step.state.words).append("</td><td class=\"text\">")
                    .append(escaped(step.found));
            if (Files.exists(folder.resolve(step.name).resolve("devices.html"))) {
                html.append(" <a href=\"").append(step.name).append("/devices.html\">page</a>");
            }
            html.append("</td></tr>");
        }
        html.append("</tbody></table></div>");
        blocks(html);
        html.append("<p class=\"soft\">What each step printed lies beside this page: ")
                .append("<code>NAME.out</code> and <code>NAME.err</code>.</p>")
                .append("</main></body></html>\n");
        Files.writeString(folder.resolve("index.html"), html);
    }

    private static String summary(List<Step> steps) {
        List<String> words = new ArrayList<>();
        for (State state : State.values()) {
            long count = steps.stream().filter(step -> step.state == state).count();
            if (count > 0) {
                words.add("%d %s".formatted(count, state.words));
            }
        }
        return "Of %d steps: %s.".formatted(steps.size(), String.join(", ", words));
    }

    private static void fact(StringBuilder html, String name, String value) {
        html.append("<dt>").append(name).append("</dt><dd>").append(escaped(value)).append("</dd>");
    }

    /** Each block's time by the device's clock, beside what the device was measured to reach. */
    private void blocks(StringBuilder html) throws IOException {
        JsonNode document = document(folder.resolve("blocks").resolve("devices.json"));
        if (document == null) {
            return;
        }
        Map<String, JsonNode> work = new HashMap<>();
        document.path("work").forEach(each -> work.put(each.path("id").asText(), each));
        for (JsonNode each : document.path("machines").path(0).path("devices")) {
            double peak = each.path("gflopsPeak").asDouble(0);
            double bandwidth = each.path("bandwidthPeak").asDouble(0);
            html.append("<h2>Blocks on ").append(escaped(each.path("id").asText()))
                    .append("</h2><p>Measured on this device: ")
                    .append(peak > 0 ? "%.3g GFLOP/s".formatted(peak) : "no peak")
                    .append(" of multiply-adds in registers, ")
                    .append(bandwidth > 0 ? "%.3g GB/s".formatted(bandwidth) : "no bandwidth")
                    .append(" of a copy. Shares are of these, by the kernels' median time.</p>")
                    .append("<div class=\"scroll\" tabindex=\"0\"><table><thead><tr>")
                    .append("<th>convolution</th><th>kernel ms</th><th>whole run ms</th>")
                    .append("<th>of the peak</th><th>of the bandwidth</th><th class=\"text\">result</th>")
                    .append("</tr></thead><tbody>");
            for (JsonNode cell : each.path("cells")) {
                double kernel = cell.path("kernel").path("medianMillis").asDouble(0);
                JsonNode one = work.get(cell.path("work").asText());
                html.append("<tr><th>").append(escaped(cell.path("work").asText())).append("</th>");
                column(html, kernel > 0 ? "%.3g".formatted(kernel) : "not measured");
                column(html,
                        cell.has("endToEnd")
                                ? digits(cell.path("endToEnd").path("medianMillis"))
                                : "");
                column(html, share(one.path("flops").asDouble() / 1e6, kernel, peak));
                column(html, share(one.path("bytes").asDouble() / 1e6, kernel, bandwidth));
                html.append("<td class=\"text\">").append(escaped(result(cell)))
                        .append("</td></tr>");
            }
            html.append("</tbody></table></div>");
        }
    }

    private static String result(JsonNode cell) {
        String state = cell.path("state").asText().replace('_', ' ');
        String error = cell.path("error").asText();
        return state.equals("ok")
                ? "right, %.1e off".formatted(cell.path("relativeError").asDouble())
                : error.startsWith(state) ? error : sentence(state, error);
    }

    /** Of so many millions in so many milliseconds, of so many thousand millions a second. */
    private static String share(double millions, double millis, double most) {
        return millis > 0 && most > 0 ? "%.0f %%".formatted(100 * millions / millis / most) : "";
    }

    private static void column(StringBuilder html, String text) {
        html.append("<td>").append(escaped(text)).append("</td>");
    }

    private static String style() throws IOException {
        try (InputStream in = ProofPage.class.getClassLoader()
                .getResourceAsStream("dev/sepconv/report/style.css")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"",
                "&quot;");
    }
}
