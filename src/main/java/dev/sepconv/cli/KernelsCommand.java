package dev.sepconv.cli;

import dev.sepconv.kernel.Catalogue;
import dev.sepconv.kernel.DefaultClasses;
import dev.sepconv.kernel.conv.Kernel;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sepconv kernels}. */
@Command(name = "kernels",
        description = "List the kernels. TILE: how many output pixels by output channels a work-item computes; a work-group, of so many input "
                + "channels at a time, where it shares local memory. DEFAULT FOR: the devices that take it, the first that supports a "
                + "convolution, where the command tune has measured nothing.")
final class KernelsCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private JsonOption json;

    /**
     * @param tiling what a work-item computes; a work-group, where {@code channels} of the input go
     * through local memory
     */
    private record Row(String name, String variant, String layout, String supports,
            Kernel.Tiling tiling, String defaultFor, String method) {
        static Row of(Kernel kernel) {
            String defaultFor = DefaultClasses.of(kernel).stream().map(device -> switch (device) {
                case OTHER -> "other";
                case GPU_WITHOUT_LOCAL -> "GPU"; // the same kernels for convolutions
                default -> device.name();
            }).distinct().collect(Collectors.joining(", "));
            return new Row(kernel.name(), kernel.variant().name().toLowerCase(Locale.ROOT),
                    kernel.order().name(), kernel.supports(), kernel.tiling(), defaultFor,
                    kernel.owner().getSimpleName() + "." + kernel.method());
        }

        String tile() {
            return "%dx%d%s".formatted(tiling.pixels(), tiling.filters(),
                    tiling.channels() == 0 ? "" : " of " + tiling.channels());
        }
    }

    private record Document(List<Row> kernels) {
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        List<Row> rows = Catalogue.all().stream().map(Row::of).toList();
        if (json.json) {
            JsonOption.print(out, new Document(rows));
            return Failure.NONE;
        }
        Table table = new Table("KERNEL", "VARIANT", "LAYOUT", "SUPPORTS", "TILE", "DEFAULT FOR",
                "METHOD");
        rows.forEach(row -> table.row(row.name(), row.variant(), row.layout(), row.supports(),
                row.tile(), row.defaultFor(), row.method()));
        table.print(out);
        return Failure.NONE;
    }
}
