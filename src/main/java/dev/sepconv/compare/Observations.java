package dev.sepconv.compare;

import dev.sepconv.Device;
import dev.sepconv.Tensor;
import dev.sepconv.compare.Comparison.FeatureMaps;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** What the article says of pairs of convolutions, looked for in the feature maps that came out. */
final class Observations {

    /** Float32 sums of values up to 1 in another order differ by less than this. */
    private static final double SAME = 1e-5;

    private Observations() {
    }

    /**
     * A sentence for each pair whose maps are both there: whether they are the same, and the
     * largest difference found.
     */
    static List<String> of(Settings settings, Map<String, FeatureMaps> maps, List<Run> runs) {
        int readable = 0;
        FilterBank bank = new FilterBank(settings.kernel(), settings.filters(), settings.seed());
        while (readable < settings.filters() && bank.get(readable).readable()) {
            readable++;
        }
        List<String> found = new ArrayList<>();
        pair(maps, "standard", "separable-xception", readable, 0,
                "for filters of one pattern and one colour mix").ifPresent(found::add);
        // A stack's inner pictures have zeros round them where the large filter sees more of the
        // input: a row and column for each.
        pair(maps, "standard-5x5", "stacked-3x3", settings.filters(), 1, "away from the border")
                .ifPresent(found::add);
        pair(maps, "standard-7x7", "stacked-3x3-three", settings.filters(), 2,
                "away from the border").ifPresent(found::add);
        if (settings.groups() == 1) {
            pair(maps, "standard", "grouped", settings.filters(), 0, "as g = 1")
                    .ifPresent(found::add);
        }
        if (settings.filters() == Settings.CHANNELS) {
            pair(maps, "depthwise", "grouped-depthwise", Settings.CHANNELS, 0, "as g = C = N")
                    .ifPresent(found::add);
        }
        slower(runs).ifPresent(found::add);
        return List.copyOf(found);
    }

    /**
     * What has fewer multiply-adds than the standard convolution that it replaces, and takes as
     * long or longer, on the first device.
     */
    static Optional<String> slower(List<Run> runs) {
        if (runs.isEmpty()) {
            return Optional.empty();
        }
        Device device = runs.getFirst().device();
        List<Run> here = runs.stream().filter(run -> run.device().equals(device)).toList();
        List<String> slower = names(here, Saving::slower);
        List<String> asLong = names(here, Saving::asLong);
        String take = slower.size() == 1 || slower.isEmpty() && asLong.size() == 1
                ? "takes"
                : "take";
        String how = slower.isEmpty()
                ? "%s %s about as long as".formatted(String.join(", ", asLong), take)
                : asLong.isEmpty()
                        ? "%s %s longer than".formatted(String.join(", ", slower), take)
                        : "%s %s longer than, and %s about as long as,".formatted(
                                String.join(", ", slower), take, String.join(", ", asLong));
        Variant standard = here.getFirst().variant();
        int each = standard.standard().weightCount() / standard.standard().outChannels();
        return slower.isEmpty() && asLong.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "On %s %s the standard convolution for all its fewer multiply-adds: a picture has three channels, so the standard one does only %d multiply-adds for each number that it writes and there is little to save; inside a network there are hundreds of channels."
                                .formatted(device.id(), how, each));
    }

    private static List<String> names(List<Run> runs, Predicate<Saving> what) {
        return runs.stream()
                .filter(run -> Saving.of(run, runs, Limits.UNKNOWN).filter(what).isPresent())
                .map(Run::label).toList();
    }

    private static Optional<String> pair(Map<String, FeatureMaps> maps, String a, String b,
            int channels, int border, String where) {
        if (!maps.containsKey(a) || !maps.containsKey(b)) {
            return Optional.empty();
        }
        Tensor first = maps.get(a).tensor();
        Tensor second = maps.get(b).tensor();
        int height = first.shape().h();
        int width = first.shape().w();
        if (height <= 2 * border || width <= 2 * border) {
            return Optional.empty();
        }
        double largest = 0;
        for (int k = 0; k < channels; k++) {
            for (int y = border; y < height - border; y++) {
                for (int x = border; x < width - border; x++) {
                    largest = Math.max(largest,
                            Math.abs((double) first.get(0, k, y, x) - second.get(0, k, y, x)));
                }
            }
        }
        return Optional.of("%s and %s give %s maps %s: %s apart at most.".formatted(a, b,
                largest <= SAME ? "the same" : "different", where,
                largest == 0 ? "0" : String.format(Locale.ROOT, "%.1e", largest)));
    }
}
