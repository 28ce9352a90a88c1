package dev.sepconv.cli;

import dev.sepconv.io.Printable;
import dev.sepconv.report.NetworkProfile;
import dev.sepconv.report.Numbers;
import java.io.PrintWriter;
import java.util.Locale;

/** A network's profile as tables: by layer, and by kind of layer. */
final class ProfileTable {

    private ProfileTable() {
    }

    static void print(PrintWriter out, NetworkProfile profile) {
        Table layers = new Table("LAYER", "KIND", ">ms", ">SHARE", ">GFLOP/s");
        profile.layers().forEach(part -> row(layers, part));
        layers.print(out);
        out.println();
        Table kinds = new Table("KIND", "LAYERS", ">ms", ">SHARE", ">GFLOP/s");
        profile.kinds().forEach(part -> row(kinds, part));
        kinds.print(out);
        out.println();
        out.println(
                "Layers together %s ms, a whole run %s ms: medians, after %s until they got no faster; the first took %s ms"
                        .formatted(Numbers.digits(profile.layersMillis()),
                                Numbers.digits(profile.runMillis()),
                                Printable.count(profile.warmUpRuns(), "run"),
                                Numbers.digits(profile.firstMillis())));
    }

    private static void row(Table table, NetworkProfile.Part part) {
        table.row(part.name(), part.kind(), Numbers.digits(part.millis()),
                String.format(Locale.ROOT, "%.1f %%", 100 * part.share()),
                part.gflops() == null ? "" : Numbers.digits(part.gflops()));
    }
}
