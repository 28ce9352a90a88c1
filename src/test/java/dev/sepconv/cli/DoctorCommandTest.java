package dev.sepconv.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The command on this machine, without the launcher; what can be wrong is tried in
 * {@code DoctorTest}.
 */
class DoctorCommandTest {

    private static Map<String, String> states(JsonNode document) {
        Map<String, String> states = new HashMap<>();
        document.get("checks").forEach(
                check -> states.put(check.get("title").asText(), check.get("state").asText()));
        return states;
    }

    @Test
    void givesOneDocument() throws IOException {
        Invocation told = Invocation.inProcess("doctor", "--json");
        JsonNode document = told.json();
        assertEquals(document.get("healthy").asBoolean() ? 0 : 1, told.code());
        assertEquals(document.get("healthy").asBoolean(), document.get("fixFirst").isNull());
        assertEquals(1, document.get("format").asInt());
        assertTrue(document.get("environment").get("processors").asInt() > 0);
        Map<String, String> states = states(document);
        assertEquals("ok", states.get("JDK"));
        assertEquals("ok", states.get("engine simd"));
        assertEquals("ok", states.get("engine plain"));
        assertEquals("ok", states.get("engine java"));
    }

    @Test
    void printsColumnsOfOneWidth() {
        String out = Invocation.inProcess("doctor").out();
        assertTrue(out.startsWith("Java\n  ok"), out);
        assertTrue(out.lines().allMatch(line -> line.length() <= 200), out);
        assertFalse(out.contains("\033"), "no colours where no terminal is");
        assertTrue(out.lines().toList().getLast()
                .matches("sepconv works here.*|.*Fix .* first, and run this again\\."), out);
    }

    @Tag("device")
    @Test
    void runsOnEachDevice() throws IOException {
        JsonNode document = Invocation.inProcess("doctor", "--json").json();
        Map<String, String> states = states(document);
        assertEquals("ok", states.get("devices"), document.toPrettyString());
        assertTrue(states.keySet().stream().anyMatch(title -> title.matches("\\w+:0:0 run")));
        assertTrue(
                states.entrySet().stream().filter(entry -> entry.getKey().endsWith(" run"))
                        .allMatch(entry -> entry.getValue().equals("ok")),
                document.toPrettyString());
    }
}
