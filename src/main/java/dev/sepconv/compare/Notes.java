package dev.sepconv.compare;

import dev.sepconv.io.Printable;
import java.util.ArrayList;
import java.util.List;

/** What has to be said about what was asked for. */
final class Notes {

    private Notes() {
    }

    static List<String> of(Settings settings) {
        List<String> notes = new ArrayList<>();
        if (settings.part().hasPicture()) {
            picture(settings, notes);
        }
        if (settings.part().hasNetwork()) {
            for (int groups : settings.layerGroups()) {
                for (Settings.MapSize size : settings.maps()) {
                    if (size.channels() % groups != 0) {
                        notes.add("%s don't split into %s, so there they have no row."
                                .formatted(size, Printable.count(groups, "group")));
                    }
                }
            }
        }
        return notes;
    }

    private static void picture(Settings settings, List<String> notes) {
        for (int groups : new int[]{settings.groups(), Settings.CHANNELS}) {
            int filters = settings.filtersFor(groups);
            String note = "N = %d does not split into %d groups: variants with %2$d groups have %d filters, and so has their standard one."
                    .formatted(settings.filters(), groups, filters);
            if (filters != settings.filters() && !notes.contains(note)) {
                notes.add(note);
            }
        }
        if (settings.groups() == Settings.CHANNELS) {
            notes.add(
                    "Three channels split into 1 or 3 groups only, so on the picture grouped and grouped-depthwise are the same convolution.");
        }
    }
}
