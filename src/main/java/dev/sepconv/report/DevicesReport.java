package dev.sepconv.report;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.EnumFeature;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import dev.sepconv.io.AtomicFile;
import dev.sepconv.io.InputFile;
import dev.sepconv.survey.Survey;
import dev.sepconv.survey.Survey.Cell;
import dev.sepconv.survey.Survey.Machine;
import dev.sepconv.survey.Survey.Surveyed;
import dev.sepconv.survey.Survey.Work;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Writes surveys as {@code devices.json}, {@code devices.csv} and {@code devices.html}, reads the
 * first, and joins several.
 */
public final class DevicesReport {

    public static final String JSON = "devices.json";
    public static final String CSV = "devices.csv";
    public static final String PAGE = "devices.html";

    /** Components that may be null; all others must be there. */
    private static final Set<String> NULLABLE = Set.of("ladder", "tornadoVm", "driver",
            "gflopsPeak", "bandwidthPeak", "error", "compileMillis", "firstRunMillis", "endToEnd",
            "kernel", "copyIn", "copyOut", "gflops", "gigabytesPerSecond", "energyJoules",
            "relativeError");

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT).enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                    DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
                    DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .addModule(new SimpleModule().addSerializer(new FiniteOrNull())).build();

    private DevicesReport() {
    }

    /** JSON has no infinity. */
    private static final class FiniteOrNull extends StdScalarSerializer<Double> {
        private static final long serialVersionUID = 1;

        FiniteOrNull() {
            super(Double.class);
        }

        @Override
        public void serialize(Double value, JsonGenerator json, SerializerProvider provider)
                throws IOException {
            if (Double.isFinite(value)) {
                json.writeNumber(value);
            } else {
                json.writeNull();
            }
        }
    }

    /**
     * Makes the folder if need be and sees to it that a survey can be written there, before the
     * work for it is done.
     *
     * @throws IOException if it can't, or a {@code devices.json} is there that is not one of ours;
     * the message is one sentence
     */
    public static void prepare(Path folder) throws IOException {
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new IOException("output %s is a file; name a folder".formatted(folder));
        }
        Files.createDirectories(folder);
        for (String name : List.of(JSON, CSV, PAGE)) {
            AtomicFile.check(folder.resolve(name));
        }
        Path earlier = folder.resolve(JSON);
        if (Files.exists(earlier)) {
            ours(earlier, tree(earlier));
        }
    }

    /**
     * Writes {@code devices.json}, {@code devices.csv} and {@code devices.html} into a folder,
     * which is made if need be. What was there under these names is replaced, each file at once.
     *
     * @throws IOException if one can't be written; the message names it
     */
    public static void write(Survey survey, Path folder) throws IOException {
        Files.createDirectories(folder);
        AtomicFile.write(folder.resolve(JSON), out -> out.write(MAPPER.writeValueAsBytes(survey)));
        AtomicFile.write(folder.resolve(CSV),
                out -> out.write(DevicesCsv.of(survey).getBytes(StandardCharsets.UTF_8)));
        AtomicFile.write(folder.resolve(PAGE),
                out -> out.write(DevicesPage.render(survey).getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Reads a {@code devices.json}. Keys that are not known are passed over; they come from a newer
     * sepconv.
     *
     * @throws IOException if there is no such file, or it is none of ours, newer than this sepconv,
     * cut off or wrong in itself; the message names the file and what is wrong
     */
    public static Survey read(Path json) throws IOException {
        JsonNode document = tree(json);
        ours(json, document);
        Survey survey;
        try {
            survey = MAPPER.treeToValue(document, Survey.class);
        } catch (JsonMappingException e) {
            throw wrong(json, refusal(document, e), e);
        }
        complete(json, "", survey);
        consistent(json, survey);
        return survey;
    }

    private static JsonNode tree(Path json) throws IOException {
        InputFile.check(json);
        JsonNode document;
        try {
            document = MAPPER.readTree(Files.readAllBytes(json));
        } catch (JsonEOFException e) {
            throw wrong(json, "it ends in the middle, at line %d: was it cut off?"
                    .formatted(e.getLocation().getLineNr()), e);
        } catch (JsonProcessingException e) {
            throw wrong(json, "it is not JSON: line %d, column %d"
                    .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr()), e);
        } catch (IOException e) {
            throw new IOException("%s can't be read: %s".formatted(json, e.getMessage()), e);
        }
        if (document.isMissingNode()) {
            throw wrong(json, "it is empty", null);
        }
        return document;
    }

    private static void ours(Path json, JsonNode document) throws IOException {
        JsonNode generator = document.path("generator");
        if (!generator.asText().equals(Survey.GENERATOR)) {
            throw wrong(json,
                    "its generator is %s and not \"%s\"".formatted(
                            generator.isMissingNode() ? "not given" : generator, Survey.GENERATOR),
                    null);
        }
        JsonNode version = document.path("schemaVersion");
        if (!version.isInt() || version.intValue() < 1) {
            throw wrong(json, "its schemaVersion is %s; it must be a number from 1"
                    .formatted(version.isMissingNode() ? "not given" : version), null);
        }
        if (version.intValue() > Survey.SCHEMA_VERSION) {
            throw wrong(json,
                    "its schemaVersion is %d and this sepconv reads up to %d; use the sepconv that wrote it or a newer one"
                            .formatted(version.intValue(), Survey.SCHEMA_VERSION),
                    null);
        }
    }

    private static IOException wrong(Path json, String what, Exception cause) {
        return new IOException(
                "%s is no %s of compare-devices that can be read: %s".formatted(json, JSON, what),
                cause);
    }

    /** What Jackson could not take, where it stands and what would do. */
    private static String refusal(JsonNode document, JsonMappingException e) {
        StringBuilder path = new StringBuilder();
        JsonNode value = document;
        for (JsonMappingException.Reference step : e.getPath()) {
            boolean inList = step.getFieldName() == null;
            path.append(inList
                    ? "[" + step.getIndex() + "]"
                    : (path.isEmpty() ? "" : ".") + step.getFieldName());
            value = inList ? value.path(step.getIndex()) : value.path(step.getFieldName());
        }
        if (value.isMissingNode() || value.isNull()) {
            return path + " is missing";
        }
        String found = value.isContainerNode()
                ? value.isArray() ? "a list" : "an object"
                : value.toString();
        return "%s is %s; %s".formatted(path, found, e instanceof MismatchedInputException mismatch
                && mismatch.getTargetType() != null && mismatch.getTargetType().isEnum()
                        ? "it must be one of "
                                + Arrays.stream(mismatch.getTargetType().getEnumConstants())
                                        .map(allowed -> allowed.toString().toLowerCase(Locale.ROOT))
                                        .collect(Collectors.joining(", "))
                        : "that is of the wrong type or too large");
    }

    /** Refuses what is missing and what can't be: all numbers of a survey are 0 or more. */
    private static void complete(Path json, String path, Object value) throws IOException {
        if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                if (list.get(i) == null) {
                    throw wrong(json, "%s[%d] is null".formatted(path, i), null);
                }
                complete(json, "%s[%d]".formatted(path, i), list.get(i));
            }
        } else if (value instanceof Record whole) {
            for (RecordComponent component : whole.getClass().getRecordComponents()) {
                String at = path.isEmpty() ? component.getName() : path + "." + component.getName();
                Object part = component(whole, component);
                if (part == null && !NULLABLE.contains(component.getName())) {
                    throw wrong(json, "%s is missing".formatted(at), null);
                }
                complete(json, at, part);
            }
        } else if (value instanceof Number number
                && !(number.doubleValue() >= 0 && Double.isFinite(number.doubleValue()))) {
            throw wrong(json, "%s is %s; it must be 0 or more".formatted(path, number), null);
        }
    }

    private static Object component(Record whole, RecordComponent component) {
        try {
            return component.getAccessor().invoke(whole);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("no access to " + component, e);
        }
    }

    private static void consistent(Path json, Survey survey) throws IOException {
        if (survey.machines().isEmpty()) {
            throw wrong(json, "it has no machine", null);
        }
        Set<String> work = new HashSet<>();
        for (Work one : survey.work()) {
            if (!work.add(one.id())) {
                throw wrong(json, "the work '%s' is there twice".formatted(one.id()), null);
            }
        }
        Set<String> names = new HashSet<>();
        for (Machine machine : survey.machines()) {
            if (!names.add(machine.name())) {
                throw wrong(json, "the machine '%s' is there twice".formatted(machine.name()),
                        null);
            }
            Set<String> ids = new HashSet<>();
            for (Surveyed device : machine.devices()) {
                if (!ids.add(device.id())) {
                    throw wrong(json, "the device '%s' of machine '%s' is there twice"
                            .formatted(device.id(), machine.name()), null);
                }
                Set<String> done = new HashSet<>();
                for (Cell cell : device.cells()) {
                    String where = "of device '%s' of machine '%s'".formatted(device.id(),
                            machine.name());
                    if (!work.contains(cell.work())) {
                        throw wrong(json, "a cell %s names the work '%s', which is not there"
                                .formatted(where, cell.work()), null);
                    }
                    if (!done.add(cell.work())) {
                        throw wrong(json,
                                "the work '%s' %s is there twice".formatted(cell.work(), where),
                                null);
                    }
                }
            }
        }
    }

    /**
     * Joins surveys, of several machines or of several days. The same work stands there once; where
     * an id stands for other work than in an earlier survey, it gets a number: {@code id (2)}. So
     * do machines of the same name. A machine's run that is in several surveys is taken once.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Survey merge(List<Survey> surveys) {
        if (surveys.isEmpty()) {
            throw new IllegalArgumentException("surveys is empty; name one devices.json at least");
        }
        Set<String> suites = new LinkedHashSet<>();
        Map<String, Work> work = new LinkedHashMap<>();
        Map<String, Machine> machines = new LinkedHashMap<>();
        for (Survey survey : surveys) {
            suites.addAll(survey.suites());
            Map<String, String> ids = add(survey.work(), work);
            for (Machine machine : survey.machines()) {
                Machine renamed = withWork(machine, ids);
                if (machines.values().stream().noneMatch(other -> sameRun(other, renamed))) {
                    String name = plain(renamed.name());
                    for (int i = 2; machines.containsKey(name); i++) {
                        name = numbered(renamed.name(), i);
                    }
                    machines.put(name, withName(renamed, name));
                }
            }
        }
        return new Survey(Survey.GENERATOR, Survey.SCHEMA_VERSION, List.copyOf(suites),
                List.copyOf(work.values()), List.copyOf(machines.values()));
    }

    private static boolean sameRun(Machine a, Machine b) {
        return withName(a, plain(a.name())).equals(withName(b, plain(b.name())));
    }

    /** Adds one survey's work to what is there and says what its ids became. */
    private static Map<String, String> add(List<Work> added, Map<String, Work> work) {
        Map<String, String> ids = new HashMap<>();
        Set<String> taken = new HashSet<>();
        for (Work one : added) {
            String id = plain(one.id());
            for (int i = 2; taken.contains(id)
                    || work.containsKey(id) && !same(work.get(id), one); i++) {
                id = numbered(one.id(), i);
            }
            Work there = work.getOrDefault(id, one);
            work.put(id, rename(there, id, there.ladder() == null ? one.ladder() : there.ladder()));
            ids.put(one.id(), id);
            taken.add(id);
        }
        return ids;
    }

    /** A name without the number that an earlier merge gave it. */
    private static String plain(String name) {
        return name.replaceFirst(" \\(\\d+\\)$", "");
    }

    private static String numbered(String name, int number) {
        return "%s (%d)".formatted(plain(name), number);
    }

    /**
     * Whether both are the same whatever they are called; that one of them is no rung of a ladder
     * makes no difference.
     */
    private static boolean same(Work a, Work b) {
        boolean ladders = a.ladder() == null || b.ladder() == null || a.ladder().equals(b.ladder());
        return ladders && rename(a, "", null).equals(rename(b, "", null));
    }

    private static Work rename(Work work, String id, String ladder) {
        return new Work(id, work.variant(), ladder, work.batch(), work.inChannels(), work.height(),
                work.width(), work.outChannels(), work.kernel(), work.stride(), work.groups(),
                work.layout(), work.flops(), work.bytes());
    }

    private static Machine withName(Machine machine, String name) {
        return new Machine(name, machine.cpu(), machine.processors(), machine.memoryBytes(),
                machine.os(), machine.java(), machine.sepconv(), machine.tornadoVm(),
                machine.date(), machine.command(), machine.finished(), machine.missing(),
                machine.devices());
    }

    private static Machine withWork(Machine machine, Map<String, String> ids) {
        List<Surveyed> devices = new ArrayList<>();
        for (Surveyed device : machine.devices()) {
            List<Cell> cells = device.cells().stream()
                    .map(cell -> new Cell(ids.get(cell.work()), cell.state(), cell.error(),
                            cell.kernels(), cell.compileMillis(), cell.firstRunMillis(),
                            cell.endToEnd(), cell.kernel(), cell.copyIn(), cell.copyOut(),
                            cell.gflops(), cell.gigabytesPerSecond(), cell.energyJoules(),
                            cell.relativeError()))
                    .toList();
            devices.add(new Surveyed(device.engine(), device.id(), device.name(), device.backend(),
                    device.kind(), device.memoryBytes(), device.driver(), device.gflopsPeak(),
                    device.bandwidthPeak(), device.state(), device.error(), cells));
        }
        return new Machine(machine.name(), machine.cpu(), machine.processors(),
                machine.memoryBytes(), machine.os(), machine.java(), machine.sepconv(),
                machine.tornadoVm(), machine.date(), machine.command(), machine.finished(),
                machine.missing(), List.copyOf(devices));
    }
}
