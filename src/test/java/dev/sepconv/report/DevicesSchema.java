package dev.sepconv.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code docs/devices-schema.json}, to hold documents against. */
public final class DevicesSchema {

    static final Path FILE = Path.of("docs/devices-schema.json");

    private DevicesSchema() {
    }

    /** What is wrong with a document. */
    static List<Error> complaints(String json) throws IOException {
        Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Files.readString(FILE), InputFormat.JSON);
        return schema.validate(json, InputFormat.JSON,
                context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)));
    }

    /** Fails with what is wrong with a {@code devices.json}. */
    public static void assertFits(Path json) throws IOException {
        assertEquals(List.of(), complaints(Files.readString(json)), json.toString());
    }
}
