package dev.sepconv.report;

import dev.sepconv.Device;
import dev.sepconv.Fusion;
import dev.sepconv.compare.Comparison;
import dev.sepconv.compare.LayerComparison;
import dev.sepconv.compare.Run;
import dev.sepconv.compare.Saving;
import dev.sepconv.cost.Cost;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a reader should remember, as the model of {@code chain.ftlh}: the standard convolution and
 * MobileNet's chain drawn one above the other, with parameters, multiply-adds and milliseconds
 * under each.
 *
 * @param device where it was measured
 * @param maps {@code 128 × 56 × 56}
 * @param standard the standard convolution's counts
 * @param chain the chain's counts
 * @param chainTimes both, where it ran as two tasks and fused
 * @param fewer what the chain saves, counted
 * @param faster what it saves in time, by the faster of the two
 * @param arrives the second over the first
 * @param steady whether no number has the mark of runs that never got steady
 */
public record ChainDrawing(String device, int channels, String maps, String standard,
        String standardTime, String chain, String chainTimes, String fewer, String faster,
        String arrives, boolean steady) {

    static final String NAME = "separable-mobilenet";
    private static final String STANDARD = "standard";

    /**
     * Of the maps in the middle on the first device where both are right; empty where there is
     * none.
     */
    static Optional<ChainDrawing> of(Comparison comparison) {
        List<LayerComparison> layers = new ArrayList<>(comparison.layers());
        if (layers.size() > 1) {
            layers.addFirst(layers.remove(layers.size() / 2));
        }
        for (Device device : comparison.devices()) {
            for (LayerComparison layer : layers) {
                List<Run> chains = layer.runsOn(device).stream()
                        .filter(run -> run.good() && run.variant().name().equals(NAME)).toList();
                Optional<Run> standard = layer.runsOn(device).stream()
                        .filter(run -> run.good() && run.variant().name().equals(STANDARD))
                        .findFirst();
                if (standard.isPresent() && !chains.isEmpty()) {
                    return Optional.of(drawing(layer, standard.get(), chains));
                }
            }
        }
        return Optional.empty();
    }

    private static ChainDrawing drawing(LayerComparison layer, Run standard, List<Run> chains) {
        int channels = layer.size().channels();
        Run best = chains.stream().min(Comparator.comparingDouble(ChainDrawing::median))
                .orElseThrow();
        Saving saving = layer.saving(best).orElseThrow();
        List<String> times = chains.stream()
                .map(run -> millis(run) + (run.fusion() == Fusion.AUTO
                        ? ""
                        : run.fusion() == Fusion.FUSED ? " fused" : " as two tasks"))
                .toList();
        double parameters = 1 / best.variant().parameterRatio(layer.input());
        return new ChainDrawing(standard.device().toString(), channels,
                "%d × %d × %2$d".formatted(channels, layer.size().side()), counts(standard.cost()),
                millis(standard), counts(best.cost()), String.join(", ", times),
                "%s× fewer parameters and %s× fewer multiply-adds"
                        .formatted(Numbers.digits(parameters), Numbers.digits(saving.fewer())),
                Phrases.timesAsFast(saving), Phrases.arrives(saving),
                Stream.concat(Stream.of(standard), chains.stream())
                        .allMatch(run -> ((Run.Measured) run.outcome()).steady()));
    }

    private static String counts(Cost cost) {
        return "%s parameters, %s multiply-adds".formatted(Numbers.count(cost.parameters()),
                Numbers.large(cost.multiplyAdds()));
    }

    private static double median(Run run) {
        return ((Run.Measured) run.outcome()).timing().medianMillis();
    }

    private static String millis(Run run) {
        return Phrases.median((Run.Measured) run.outcome()) + " ms";
    }

    /** In words, for those who don't see it. */
    public String description() {
        return "Above, a standard convolution: each of %d filters reads all %1$d maps. It has %s and takes %s. Below, the same taken apart: a depthwise step filters each map alone, a pointwise step mixes them. It has %s and takes %s: %s, %s."
                .formatted(channels, standard, standardTime, chain, chainTimes, fewer, faster);
    }
}
