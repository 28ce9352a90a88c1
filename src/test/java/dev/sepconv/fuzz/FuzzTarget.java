package dev.sepconv.fuzz;

import dev.sepconv.cli.ConfigAttack;
import dev.sepconv.io.onnx.DrawnModels;
import dev.sepconv.report.DevicesAttack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What {@code scripts/fuzz} attacks. */
public enum FuzzTarget {
    /** An ONNX file, byte by byte; one that is read is compiled and run. */
    ONNX(new ModelAttack()::on),
    /** The same with a model that is made by {@link ModelRecipe}. */
    ONNX_GRAPH((input, folder) -> new ModelAttack()
            .on(ModelRecipe.of(input, DrawnModels::drawn).toByteArray(), folder)),
    NPY(FileAttacks::npy),
    PICTURE(FileAttacks::picture),
    TFJS(FileAttacks::tfjs),
    TUNING(FileAttacks::tuning),
    CARD(FileAttacks::card),
    CONFIG(ConfigAttack::on),
    DEVICES(DevicesAttack::on);

    static final Path CORPUS = Path.of("src/test/resources/dev/sepconv/fuzz");

    private final Attack attack;

    FuzzTarget(Attack attack) {
        this.attack = attack;
    }

    public Attack attack() {
        return attack;
    }

    /** As it is called on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static FuzzTarget of(String name) {
        return Arrays.stream(values()).filter(each -> each.toString().equals(name)).findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("there is no target '%s'; there are %s"
                                .formatted(name, Arrays.stream(values()).map(FuzzTarget::toString)
                                        .collect(Collectors.joining(", ")))));
    }

    /** Inputs from which the search begins, and those that once broke something. */
    List<Path> corpus() throws IOException {
        try (Stream<Path> files = Files.list(CORPUS.resolve(toString()))) {
            return files.sorted().toList();
        }
    }
}
