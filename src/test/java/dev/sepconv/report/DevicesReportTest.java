package dev.sepconv.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sepconv.survey.Survey;
import dev.sepconv.survey.Survey.Cell;
import dev.sepconv.survey.Survey.Machine;
import dev.sepconv.survey.Survey.State;
import dev.sepconv.survey.Survey.Surveyed;
import dev.sepconv.survey.Survey.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class DevicesReportTest {

    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> whatIsReadIsWhatWasWritten() {
        return Stream
                .of(Surveys.workstation(), Surveys.laptop(), Surveys.office(),
                        DevicesReport.merge(List.of(Surveys.workstation(), Surveys.laptop())))
                .map(survey -> DynamicTest.dynamicTest(survey.machines().getFirst().name(), () -> {
                    Path out = folder.resolve("made/by/it");
                    DevicesReport.prepare(out);
                    DevicesReport.write(survey, out);
                    assertEquals(survey, DevicesReport.read(out.resolve("devices.json")));
                    DevicesReport.prepare(out);
                }));
    }

    @Test
    void aNumberThatIsNotFiniteIsNull() throws IOException {
        Cell cell = Surveys.cell(Surveys.work().getFirst(), Surveys.SIMD);
        Cell infinite = new Cell(cell.work(), State.DISAGREES, null, List.of(), null, null,
                cell.endToEnd(), null, null, null, Double.NaN, null, null,
                Double.POSITIVE_INFINITY);
        DevicesReport.write(
                Surveys.survey(Surveys.machine("a", true, List.of(), List.of(Surveys.device("simd",
                        "simd", "b", "vector-api", "cpu", null, null, null, List.of(infinite))))),
                folder);
        Cell read = DevicesReport.read(folder.resolve("devices.json")).machines().getFirst()
                .devices().getFirst().cells().getFirst();
        assertNull(read.relativeError());
        assertNull(read.gflops());
        assertEquals(State.DISAGREES, read.state());
    }

    @Test
    void newKeysArePassedOverAndMissingNumbersAreNull() throws IOException {
        Path file = changed(json -> {
            json.put("later", 1);
            ((ObjectNode) json.at("/machines/0/devices/0/cells/0")).put("temperature", 70)
                    .remove("energyJoules");
        });
        Cell cell = DevicesReport.read(file).machines().getFirst().devices().getFirst().cells()
                .getFirst();
        assertNull(cell.energyJoules());
        assertEquals(State.OK, cell.state());
    }

    @Test
    void aFileThatIsNotThere() {
        assertRefused(folder.resolve("none.json"), "none.json: there is no such file");
    }

    @Test
    void aFileThatIsNoSurvey() throws IOException {
        assertRefused(Files.writeString(folder.resolve("a.json"), ""), "a.json", "it is empty");
        assertRefused(Files.writeString(folder.resolve("b.json"), "PK\3\4"), "b.json",
                "not JSON: line 1");
        assertRefused(Files.writeString(folder.resolve("c.json"), "[1]"), "c.json",
                "its generator is not given");
        assertRefused(
                Files.writeString(folder.resolve("d.json"),
                        "{\"generator\":\"sepconv\",\"schemaVersion\":1}"),
                "d.json", "its generator is \"sepconv\" and not \"sepconv compare-devices\"");
        assertRefused(Files.createDirectory(folder.resolve("e.json")), "e.json can't be read");
    }

    @Test
    void aFileThatIsCutOff() throws IOException {
        DevicesReport.write(Surveys.office(), folder);
        String whole = Files.readString(folder.resolve("devices.json"));
        for (int length : new int[]{whole.length() / 3, whole.length() / 2, whole.length() - 2}) {
            Path cut = Files.writeString(folder.resolve("cut.json"), whole.substring(0, length));
            assertTrue(assertThrows(IOException.class, () -> DevicesReport.read(cut)).getMessage()
                    .matches(
                            ".*cut\\.json is no devices\\.json .*: (it ends in the middle, at line \\d+: was it cut off\\?|it is not JSON: line \\d+, column \\d+)"));
        }
        assertRefused(Files.writeString(folder.resolve("twice.json"), whole + whole), "twice.json",
                "not JSON: line");
    }

    @Test
    void aFileOfANewerSepconv() throws IOException {
        assertRefused(changed(json -> json.put("schemaVersion", 2)),
                "its schemaVersion is 2 and this sepconv reads up to 1");
        assertRefused(changed(json -> json.put("schemaVersion", "1")),
                "its schemaVersion is \"1\"; it must be a number from 1");
        assertRefused(changed(json -> json.remove("schemaVersion")),
                "its schemaVersion is not given");
    }

    @Test
    void aFileThatIsWrongInItself() throws IOException {
        assertRefused(changed(
                json -> ((ObjectNode) json.at("/machines/0/devices/1")).put("state", "great")),
                "machines[0].devices[1].state is \"great\"; it must be one of ok, disagrees, failed, out_of_memory, timed_out, not_run");
        assertRefused(
                changed(json -> ((ObjectNode) json.at("/machines/0/devices/1")).put("state", 1)),
                "machines[0].devices[1].state");
        assertRefused(changed(json -> ((ObjectNode) json.at("/machines/0")).remove("name")),
                "machines[0].name is missing");
        assertRefused(changed(json -> json.remove("machines")), "machines is missing");
        assertRefused(changed(json -> json.putArray("machines")), "it has no machine");
        assertRefused(changed(json -> json.putArray("machines").addNull()), "machines[0] is null");
        assertRefused(changed(json -> json.put("machines", 3)),
                "machines is 3; that is of the wrong type");
        assertRefused(changed(json -> ((ObjectNode) json.path("work").path(3)).remove("flops")),
                "work[3].flops is missing");
        assertRefused(
                changed(json -> ((ObjectNode) json.path("work").path(3)).put("flops", "many")),
                "work[3].flops is \"many\"; that is of the wrong type");
        assertRefused(changed(json -> ((ObjectNode) json.path("work").path(3)).put("batch", 1e12)),
                "work[3].batch");
        assertRefused(
                changed(json -> ((ObjectNode) json.at("/machines/0/devices/0/cells/2/endToEnd"))
                        .put("medianMillis", -1)),
                "machines[0].devices[0].cells[2].endToEnd.medianMillis is -1.0; it must be 0 or more");
        assertRefused(
                changed(json -> ((ArrayNode) json.path("work")).add(json.path("work").path(0))),
                "the work 'standard 128x56x56 s1 128 b1' is there twice");
        assertRefused(
                changed(json -> ((ArrayNode) json.at("/machines")).add(json.at("/machines/0"))),
                "the machine 'office' is there twice");
        assertRefused(
                changed(json -> ((ArrayNode) json.at("/machines/0/devices"))
                        .add(json.at("/machines/0/devices/1"))),
                "the device 'simd' of machine 'office' is there twice");
        assertRefused(
                changed(json -> ((ObjectNode) json.at("/machines/0/devices/1/cells/0")).put("work",
                        "rest")),
                "a cell of device 'simd' of machine 'office' names the work 'rest', which is not there");
        assertRefused(
                changed(json -> ((ArrayNode) json.at("/machines/0/devices/1/cells"))
                        .add(json.at("/machines/0/devices/1/cells/0"))),
                "of device 'simd' of machine 'office' is there twice");
    }

    @Test
    void aForeignFileIsNotReplaced() throws IOException {
        Path file = Files.writeString(folder.resolve("devices.json"), "{\"phones\": 3}");
        assertTrue(assertThrows(IOException.class, () -> DevicesReport.prepare(folder)).getMessage()
                .contains(
                        "devices.json is no devices.json of compare-devices that can be read: its generator is not given"));
        assertEquals("{\"phones\": 3}", Files.readString(file));
        assertTrue(assertThrows(IOException.class, () -> DevicesReport.prepare(file)).getMessage()
                .endsWith("is a file; name a folder"));
    }

    @Test
    void mergedMachinesShareTheirWork() {
        Survey merged = DevicesReport
                .merge(List.of(Surveys.workstation(), Surveys.laptop(), Surveys.office()));
        assertEquals(Surveys.work(), merged.work());
        assertEquals(List.of("workstation", "laptop", "office"),
                merged.machines().stream().map(Machine::name).toList());
        assertEquals(Surveys.workstation().machines().getFirst(), merged.machines().getFirst());
        assertEquals(List.of("made-up"), merged.suites());
    }

    @Test
    void aRunThatIsInSeveralSurveysIsTakenOnce() {
        Survey both = DevicesReport.merge(List.of(Surveys.workstation(), Surveys.laptop()));
        assertEquals(both, DevicesReport.merge(List.of(both, Surveys.laptop(), both)));
        assertEquals(Surveys.office(), DevicesReport.merge(List.of(Surveys.office())));
    }

    @Test
    void machinesOfTheSameNameAreToldApart() {
        Survey merged = DevicesReport.merge(List.of(Surveys.workstation(),
                named(Surveys.laptop(), "workstation"), named(Surveys.office(), "workstation")));
        assertEquals(List.of("workstation", "workstation (2)", "workstation (3)"),
                merged.machines().stream().map(Machine::name).toList());
        assertEquals(Surveys.laptop().machines().getFirst().devices(),
                merged.machines().get(1).devices());
        assertEquals(merged,
                DevicesReport.merge(List.of(merged, named(Surveys.office(), "workstation"))));
    }

    @Test
    void anIdThatStandsForOtherWorkGetsANumber() throws IOException {
        Survey here = Surveys.workstation();
        Survey there = withWork(Surveys.office(), 0,
                work -> new Work(work.id(), work.variant(), work.ladder(), work.batch(),
                        work.inChannels(), work.height(), work.width(), work.outChannels(), 5,
                        work.stride(), work.groups(), work.layout(), work.flops() * 25 / 9,
                        work.bytes()));
        Survey merged = DevicesReport.merge(List.of(here, there));
        assertEquals(here.work().size() + 1, merged.work().size());
        Work other = merged.work().getLast();
        assertEquals(here.work().getFirst().id() + " (2)", other.id());
        assertEquals(5, other.kernel());
        for (Surveyed device : merged.machines().getLast().devices()) {
            assertEquals(other.id(), device.cells().getFirst().work());
            assertEquals(here.work().get(1).id(), device.cells().get(1).work());
        }
        assertEquals(here.machines(), merged.machines().subList(0, 1));
        assertEquals(merged, DevicesReport.merge(List.of(merged, there)), "known again");
        Survey swapped = DevicesReport.merge(List.of(there, merged));
        assertEquals(merged.work().size(),
                new HashSet<>(swapped.work().stream().map(Work::id).toList()).size());
        assertEquals(2, swapped.machines().size());
        DevicesReport.write(swapped, folder);
        assertEquals(swapped, DevicesReport.read(folder.resolve("devices.json")));
    }

    @Test
    void aLadderIsNoDifference() {
        Survey without = withWork(Surveys.office(), 12,
                work -> new Work(work.id(), work.variant(), null, work.batch(), work.inChannels(),
                        work.height(), work.width(), work.outChannels(), work.kernel(),
                        work.stride(), work.groups(), work.layout(), work.flops(), work.bytes()));
        assertFalse(without.work().equals(Surveys.work()));
        assertEquals(Surveys.work(),
                DevicesReport.merge(List.of(without, Surveys.workstation())).work());
        assertEquals(Surveys.work(),
                DevicesReport.merge(List.of(Surveys.workstation(), without)).work());
    }

    @Test
    void nothingToMerge() {
        assertEquals("surveys is empty; name one devices.json at least",
                assertThrows(IllegalArgumentException.class, () -> DevicesReport.merge(List.of()))
                        .getMessage());
    }

    @Test
    void theTableHasARowForEachCellAndEachDeviceWithout() throws IOException {
        DevicesReport.write(Surveys.workstation(), folder);
        List<String> lines = Files.readAllLines(folder.resolve("devices.csv"));
        assertEquals(1 + 4 * Surveys.work().size() + 1, lines.size());
        assertTrue(lines.getFirst().startsWith("machine,cpu,date,engine,device,"));
        List<String> heading = fields(lines.getFirst());
        for (String line : lines) {
            assertEquals(heading.size(), fields(line).size(), line);
        }
        List<String> broken = fields(
                lines.stream().filter(line -> line.contains("ptx:0:0")).findFirst().orElseThrow());
        assertEquals("failed", broken.get(heading.indexOf("deviceState")));
        assertEquals("", broken.get(heading.indexOf("work")));
        List<String> first = fields(lines.get(1));
        Cell cell = Surveys.gpu().cells().getFirst();
        assertEquals(String.valueOf(cell.endToEnd().medianMillis()),
                first.get(heading.indexOf("endToEndMedianMillis")));
        assertEquals(String.valueOf(cell.copyIn().p75Millis()),
                first.get(heading.indexOf("copyInP75Millis")));
        assertEquals("ok", first.get(heading.indexOf("state")));
    }

    @Test
    void fieldsAreQuotedWhereTheyMustBe() {
        assertEquals("plain", DevicesCsv.field("plain"));
        assertEquals("", DevicesCsv.field(null));
        assertEquals("", DevicesCsv.field(Double.NaN));
        assertEquals("-1.5", DevicesCsv.field(-1.5));
        assertEquals("\"a,b\"", DevicesCsv.field("a,b"));
        assertEquals("\"say \"\"no\"\"\"", DevicesCsv.field("say \"no\""));
        assertEquals("\"two\nlines\"", DevicesCsv.field("two\nlines"));
        assertEquals("'=1+1", DevicesCsv.field("=1+1"));
        assertEquals("\"'@SUM(A1,A2)\"", DevicesCsv.field("@SUM(A1,A2)"));
    }

    /** A reader of one line as RFC 4180 has it. */
    private static List<String> fields(String line) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                field.append(line.charAt(++i));
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString());
        return fields;
    }

    private Path changed(Consumer<ObjectNode> change) throws IOException {
        DevicesReport.write(Surveys.office(), folder);
        ObjectMapper mapper = new ObjectMapper();
        JsonNode json = mapper.readTree(folder.resolve("devices.json").toFile());
        change.accept((ObjectNode) json);
        Path file = folder.resolve("changed.json");
        mapper.writeValue(file.toFile(), json);
        return file;
    }

    private static void assertRefused(Path file, String... parts) {
        String message = assertThrows(IOException.class, () -> DevicesReport.read(file))
                .getMessage();
        assertTrue(message.startsWith(file.toString()), message);
        assertFalse(message.contains("\n"), message);
        assertFalse(message.contains("dev.sepconv"), message);
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
    }

    private static Survey named(Survey survey, String name) {
        Machine m = survey.machines().getFirst();
        return new Survey(survey.generator(), survey.schemaVersion(), survey.suites(),
                survey.work(),
                List.of(new Machine(name, m.cpu(), m.processors(), m.memoryBytes(), m.os(),
                        m.java(), m.sepconv(), m.tornadoVm(), m.date(), m.command(), m.finished(),
                        m.missing(), m.devices())));
    }

    private static Survey withWork(Survey survey, int index,
            java.util.function.UnaryOperator<Work> change) {
        List<Work> work = new ArrayList<>(survey.work());
        work.set(index, change.apply(work.get(index)));
        return new Survey(survey.generator(), survey.schemaVersion(), survey.suites(), work,
                survey.machines());
    }
}
