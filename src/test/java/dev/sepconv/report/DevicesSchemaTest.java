package dev.sepconv.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sepconv.engine.Engines.Missing;
import dev.sepconv.measure.Timing;
import dev.sepconv.survey.Survey;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/devices-schema.json} and the records of a survey are one and the same. */
class DevicesSchemaTest {

    private final JsonNode schema = new ObjectMapper()
            .readTree(Files.readString(DevicesSchema.FILE));

    @TempDir
    Path folder;

    DevicesSchemaTest() throws IOException {
    }

    @Test
    void whatIsWrittenFits() throws IOException {
        for (Survey survey : List.of(Surveys.workstation(), Surveys.laptop(), Surveys.office(),
                DevicesReport.merge(
                        List.of(Surveys.office(), Surveys.laptop(), Surveys.workstation())))) {
            written(survey);
            DevicesSchema.assertFits(folder.resolve("devices.json"));
        }
    }

    @Test
    void keysAreTheRecordsComponents() {
        Map<String, Class<?>> records = Map.of("work", Survey.Work.class, "machine",
                Survey.Machine.class, "missing", Missing.class, "device", Survey.Surveyed.class,
                "cell", Survey.Cell.class, "timing", Timing.class);
        records.forEach((name, record) -> keys(name, schema.path("$defs").path(name), record));
        keys("the document", schema, Survey.class);
        assertEquals(records.size() + 1, schema.path("$defs").size());
        assertEquals(Survey.SCHEMA_VERSION, schema.at("/properties/schemaVersion/const").asInt());
        assertEquals(Survey.GENERATOR, schema.at("/properties/generator/const").asText());
        assertEquals(
                Stream.of(Survey.State.values()).map(state -> state.name().toLowerCase(Locale.ROOT))
                        .toList(),
                StreamSupport.stream(schema.at("/$defs/state/enum").spliterator(), false)
                        .map(JsonNode::asText).toList());
    }

    private static void keys(String name, JsonNode object, Class<?> record) {
        Set<String> components = Stream.of(record.getRecordComponents())
                .map(RecordComponent::getName).collect(Collectors.toCollection(TreeSet::new));
        Set<String> keys = new TreeSet<>();
        object.path("properties").fieldNames().forEachRemaining(keys::add);
        assertEquals(components, keys, name);
        Set<String> required = new TreeSet<>();
        object.path("required").forEach(key -> required.add(key.asText()));
        assertEquals(components, required, name);
    }

    @Test
    void whatIsWrongDoesNotFit() throws IOException {
        refused(json -> json.put("schemaVersion", 2));
        refused(json -> json.put("generator", "sepconv"));
        refused(json -> json.putArray("machines"));
        refused(json -> json.remove("work"));
        refused(json -> ((ObjectNode) json.at("/machines/0/devices/0")).put("state", "OK"));
        refused(json -> ((ObjectNode) json.at("/machines/0/devices/0")).put("gflopsPeak", "fast"));
        refused(json -> ((ObjectNode) json.at("/machines/0/devices/0")).remove("driver"));
        refused(json -> ((ObjectNode) json.at("/machines/0")).put("finished", "no"));
        refused(json -> ((ObjectNode) json.at("/machines/0")).put("date", "yesterday"));
        refused(json -> ((ObjectNode) json.path("work").path(0)).put("batch", 0));
        refused(json -> ((ObjectNode) json.at("/machines/0/devices/0/cells/0")).put("endToEnd", 3));
        refused(json -> ((ObjectNode) json.at("/machines/0/devices/0/cells/0/endToEnd"))
                .put("medianMillis", -1));
    }

    @Test
    void newKeysFit() throws IOException {
        ObjectNode json = (ObjectNode) new ObjectMapper().readTree(written(Surveys.office()));
        ((ObjectNode) json.at("/machines/0/devices/0/cells/0")).put("temperature", 71);
        assertEquals(List.of(), DevicesSchema.complaints(json.toString()));
    }

    private void refused(Consumer<ObjectNode> change) throws IOException {
        ObjectNode json = (ObjectNode) new ObjectMapper().readTree(written(Surveys.office()));
        change.accept(json);
        assertFalse(DevicesSchema.complaints(json.toString()).isEmpty(),
                "the schema takes what is wrong");
    }

    private String written(Survey survey) throws IOException {
        DevicesReport.write(survey, folder);
        return Files.readString(folder.resolve("devices.json"));
    }
}
