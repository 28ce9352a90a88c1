package dev.sepconv.cli;

import dev.sepconv.kernel.Catalogue;
import dev.sepconv.kernel.Kernel;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sepconv kernels}. */
@Command(name = "kernels",
        description = "List the kernels in order of preference: the first that supports a convolution computes it.")
final class KernelsCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private JsonOption json;

    private record Row(String name, String variant, String layout, String supports, String method) {
        static Row of(Kernel kernel) {
            return new Row(kernel.name(), kernel.variant().name().toLowerCase(Locale.ROOT), kernel.layout().name(),
                    kernel.supports(), kernel.owner().getSimpleName() + "." + kernel.method());
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
        Table table = new Table("KERNEL", "VARIANT", "LAYOUT", "SUPPORTS", "METHOD");
        rows.forEach(row -> table.row(row.name(), row.variant(), row.layout(), row.supports(), row.method()));
        table.print(out);
        return Failure.NONE;
    }
}
