package dev.sepconv.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The system property that a file of {@code tornado-config/} sets. */
class DefaultDeviceTest {

    private static final String PROPERTY = "sepconv.device";

    @AfterEach
    void clear() {
        System.clearProperty(PROPERTY);
    }

    @Test
    void isTakenWhereNoneIsAskedFor() {
        // an id, a backend whose best device is meant
        Map.of("java", "java", "jvm", "plain", "JVM", "plain").forEach((named, engine) -> {
            System.setProperty(PROPERTY, named);
            try (Engines.Choice choice = Engines.best()) {
                assertEquals(engine, choice.engine().name());
                assertEquals("asked for by sepconv.device", choice.reason());
            }
        });
    }

    @Test
    void givesWayToWhatIsAskedFor() {
        System.setProperty(PROPERTY, "java");
        try (Engines.Choice choice = Engines.choose(null, "simd")) {
            assertEquals("simd", choice.engine().name());
        }
        try (Engines.Choice choice = Engines.choose("simd", null)) {
            assertEquals("simd", choice.engine().name());
        }
    }

    @Test
    void isRefusedByItsNameWhereThereIsNoSuchDevice() {
        System.setProperty(PROPERTY, "tpu");
        String message = assertThrows(IllegalArgumentException.class, Engines::best).getMessage();
        assertTrue(
                message.startsWith(
                        "system property sepconv.device: device is 'tpu'; the devices here are: "),
                message);
    }
}
