package dev.sepconv.report;

import dev.sepconv.Layout;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.compare.Comparison;
import dev.sepconv.compare.Experiment;
import dev.sepconv.compare.Settings;
import dev.sepconv.engine.Engines.Inventory;
import dev.sepconv.io.Images.Picture;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Small real comparisons for the tests of reports. */
final class Reports {

    static final int WIDTH = 29;
    static final int HEIGHT = 19;

    private Reports() {
    }

    static Comparison compare(int filters, Inventory inventory) {
        Settings settings = new Settings(filters, 3, 3, 1, 42, Duration.ofMillis(1));
        return Experiment.run(settings, picture().rgb(), inventory, inventory.devices(),
                (share, what) -> {
                });
    }

    /** Both parts, the second on 4 channels of 5x5. */
    static Comparison compareLayers(Inventory inventory) {
        Settings settings = new Settings(4, 3, 3, 1, 42, Duration.ofMillis(1), Settings.Part.BOTH,
                List.of(new Settings.MapSize(4, 5)), List.of(2), Layout.NHWC);
        return Experiment.run(settings, picture().rgb(), inventory, inventory.devices(),
                (share, what) -> {
                });
    }

    static Results write(String image, Comparison comparison, Path folder) throws IOException {
        Provenance subject = new Provenance(image, picture(), 1024,
                "sepconv compare '" + image + "'", Instant.parse("2026-11-23T12:34:56Z"),
                Environment.here("test"));
        try (OutputFolder output = OutputFolder.prepare(folder)) {
            return Report.write(subject, comparison, output);
        }
    }

    private static Picture picture() {
        Tensor rgb = Tensor.zeros(Shape.of(3, HEIGHT, WIDTH), Layout.NCHW);
        for (int i = 0; i < rgb.data().length; i++) {
            rgb.data()[i] = i % 7 / 6f;
        }
        return new Picture(rgb, "PNG", 2 * WIDTH, 2 * HEIGHT);
    }
}
