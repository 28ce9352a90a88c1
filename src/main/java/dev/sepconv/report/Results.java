package dev.sepconv.report;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.sepconv.Device;
import dev.sepconv.Shape;
import dev.sepconv.compare.Comparison;
import dev.sepconv.compare.LayerComparison;
import dev.sepconv.compare.Limits;
import dev.sepconv.compare.Run;
import dev.sepconv.compare.Saving;
import dev.sepconv.compare.Settings;
import dev.sepconv.cost.ArticleFormulas;
import dev.sepconv.cost.Cost;
import dev.sepconv.engine.Engines;
import dev.sepconv.measure.Timing;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * The document {@code results.json}. Its component names are its keys; a number that is missing or
 * not finite is null.
 *
 * @param generator always {@value #GENERATOR}: by it a folder is known as ours
 * @param schemaVersion raised when a key goes or changes its meaning; new keys don't raise it
 * @param image the picture's name as it was given
 * @param runs the picture, the first part: one for each variant on each device; empty if it was not
 * asked for
 * @param network the layer inside a network, the second part: one for each size of maps; empty if
 * it was not asked for
 * @param article the article's formulas for these settings, as written and exact
 * @param othersShare what other programs had of the processors while the first part was measured,
 * from 0 to 1, or null where that is not known
 * @param missingEngines engines that could not take part, and the fix
 * @param files what was written, relative to this file
 */
@JsonPropertyOrder({"generator", "schemaVersion", "image", "runs", "network"})
public record Results(String generator, int schemaVersion, String image, List<Row> runs,
        List<Network> network, ImageSize imageSize, Options settings, Article article,
        Double othersShare, List<String> observations, List<String> notes,
        List<Engines.Missing> missingEngines, Environment environment, String date, String command,
        List<String> files) {

    static final String GENERATOR = "sepconv";
    static final int SCHEMA_VERSION = 2;

    /** Pixels that were compared, and those of the file before it was scaled down. */
    public record ImageSize(int width, int height, int originalWidth, int originalHeight,
            boolean scaledDown, String format) {
    }

    /** What was asked for. */
    public record Options(String part, int filters, int kernel, int groups, int stride, long seed,
            int maxSide, double secondsPerCell) {
    }

    /**
     * The layer inside a network, on maps of one size.
     *
     * @param layout {@code NHWC} or {@code NCHW}
     * @param firstStride the stride of the 3x3 convolution that makes the maps of the picture
     * @param limits what each device that has runs can do
     * @param spared the devices that were too slow, a sentence each
     */
    public record Network(int channels, int side, String layout, int firstStride,
            List<LayerRow> runs, List<DeviceLimits> limits, List<String> spared,
            Double othersShare) {
        static Network of(LayerComparison layer, Settings settings) {
            return new Network(layer.size().channels(), layer.size().side(),
                    settings.layout().name(), layer.firstStride(),
                    layer.runs().stream()
                            .map(run -> new LayerRow(Row.of(run),
                                    run.fusion().name().toLowerCase(Locale.ROOT),
                                    layer.saving(run).map(Saved::of).orElse(null)))
                            .toList(),
                    layer.limits().entrySet().stream()
                            .map(entry -> DeviceLimits.of(entry.getKey(), entry.getValue()))
                            .sorted(Comparator.comparing(DeviceLimits::device)).toList(),
                    List.copyOf(layer.spared().values()), layer.othersShare());
        }
    }

    /**
     * A row as in the first part, and what the second has more.
     *
     * @param fusion {@code separate} or {@code fused} where a depthwise and a pointwise step stand
     * as two tasks and as one kernel; else {@code auto}
     * @param saving null for standard convolutions and for what gave no right result
     */
    public record LayerRow(@JsonUnwrapped Row row, String fusion, Saved saving) {
    }

    /**
     * How much of a saving arrives.
     *
     * @param standard the variant that it replaces
     * @param fewerMultiplyAdds that one's multiply-adds over its own
     * @param fasterTime that one's median time over its own
     * @param arrives {@code fasterTime / fewerMultiplyAdds}
     * @param reasons why not all of it arrives, or more; empty where it does within 10 %
     */
    public record Saved(String standard, double fewerMultiplyAdds, double fasterTime,
            double arrives, List<Why> reasons) {
        static Saved of(Saving saving) {
            return new Saved(saving.standard(), saving.fewer(), saving.faster(), saving.arrives(),
                    saving.reasons().stream()
                            .map(reason -> new Why(reason.kind().name().toLowerCase(Locale.ROOT),
                                    reason.sentence()))
                            .toList());
        }
    }

    /**
     * @param kind {@code winograd}, {@code launch}, {@code memory}, {@code few_channels},
     * {@code kernel} or {@code unsteady}
     */
    public record Why(String kind, String sentence) {
    }

    /**
     * What a device can do at most and a run costs at least; null is what could not be measured.
     */
    public record DeviceLimits(String device, Double gflops, Double copyGigabytesPerSecond,
            Double launchMillis) {
        static DeviceLimits of(Device device, Limits limits) {
            return new DeviceLimits(device.id(), limits.gflops(), limits.copyGigabytesPerSecond(),
                    limits.launchMillis());
        }
    }

    /** Parameters without biases of N filters, K by K, over 3 channels. */
    public record Article(long standard, long separableAsWritten, long separableExact,
            double separableRatioAsWritten, double separableRatioExact, long groupedAsWritten,
            long groupedExact, double groupedRatioAsWritten, double groupedRatioExact) {
        static Article of(Settings settings) {
            int kernel = settings.kernel();
            int filters = settings.filters();
            int groups = settings.groups();
            int groupedFilters = settings.filtersFor(groups);
            long asWritten = ArticleFormulas.groupedAsWritten(kernel, groupedFilters, groups);
            return new Article(ArticleFormulas.standard(kernel, Settings.CHANNELS, filters),
                    ArticleFormulas.separableAsWritten(kernel, Settings.CHANNELS, filters),
                    ArticleFormulas.separableExact(kernel, Settings.CHANNELS, filters),
                    ArticleFormulas.separableRatioAsWritten(kernel, Settings.CHANNELS),
                    ArticleFormulas.separableRatioExact(kernel, filters), asWritten,
                    ArticleFormulas.groupedExact(kernel, Settings.CHANNELS, groupedFilters, groups),
                    (double) asWritten
                            / ArticleFormulas.standard(kernel, Settings.CHANNELS, groupedFilters),
                    ArticleFormulas.groupedRatio(groups));
        }
    }

    /**
     * One variant on one device.
     *
     * @param device the device's id
     * @param inputShape {@code [N, C, H, W]}
     * @param ratioToStandard parameters over those of the standard convolution with as many
     * channels in and out
     * @param multiplyAddsRatioToStandard the same of multiply-adds
     * @param medianMillis of {@code Plan.run}, from a tensor on the host to a tensor on the host
     * @param maxAbsError largest difference from the float64 reference
     * @param relativeError that over the reference's largest magnitude
     * @param steady whether the times agree with one another, or null; where they don't they say
     * little
     * @param bytesMoved read and written; what lies between the steps of a fused chain is neither
     * @param winogradStages stages that ran by Winograd's minimal filtering, from 0, as far as the
     * engine tells
     * @param state {@code ok}, {@code disagrees} (relative error over 1e-5) or {@code failed}
     * @param error why it failed, or null
     */
    public record Row(String variant, String engine, String device, int[] inputShape,
            int[] outputShape, long parameters, long multiplyAdds, double ratioToStandard,
            Double medianMillis, Double gflops, Double maxAbsError,
            double multiplyAddsRatioToStandard, Double relativeError, Spread spread, String state,
            String error, String deviceName, String backend, long weights, long biases,
            long bytesRead, long bytesWritten, double arithmeticIntensity, Boolean steady,
            long bytesMoved, List<Integer> winogradStages) {

        static Row of(Run run) {
            Cost cost = run.cost();
            double ratio = run.variant().parameterRatio(run.input());
            double multiplyAddRatio = run.variant().multiplyAddRatio(run.input());
            Timing timing = run.outcome() instanceof Run.Measured m ? m.timing() : null;
            return new Row(run.variant().name(), run.device().engine(), run.device().id(),
                    sizes(run.input()), sizes(run.output()), cost.parameters(), cost.multiplyAdds(),
                    ratio, timing == null ? null : timing.medianMillis(),
                    timing == null ? null : run.gflops(timing),
                    run.outcome() instanceof Run.Measured m
                            ? finite(m.difference().maxAbs())
                            : null,
                    multiplyAddRatio,
                    run.outcome() instanceof Run.Measured m
                            ? finite(m.difference().relative())
                            : null,
                    timing == null ? null : Spread.of(timing), Results.state(run),
                    run.outcome() instanceof Run.Failed failed ? failed.reason() : null,
                    run.device().name(), run.device().backend(), cost.weights(), cost.biases(),
                    cost.bytesRead(), cost.bytesWritten(), cost.arithmeticIntensity(),
                    run.outcome() instanceof Run.Measured m ? m.steady() : null, run.bytesMoved(),
                    run.outcome() instanceof Run.Measured m ? m.winogradStages() : List.of());
        }

        private static int[] sizes(Shape shape) {
            return new int[]{shape.n(), shape.c(), shape.h(), shape.w()};
        }

        private static Double finite(double value) {
            return Double.isFinite(value) ? value : null;
        }
    }

    /** How far the times lie apart, in milliseconds. */
    public record Spread(int runs, int warmUpRuns, double minMillis, double p25Millis,
            double p75Millis, double maxMillis) {
        static Spread of(Timing timing) {
            return new Spread(timing.runs(), timing.warmUpRuns(), timing.minMillis(),
                    timing.p25Millis(), timing.p75Millis(), timing.maxMillis());
        }
    }

    static Results of(Provenance provenance, Comparison comparison, List<String> files) {
        Settings settings = comparison.settings();
        var picture = provenance.picture();
        return new Results(GENERATOR, SCHEMA_VERSION, provenance.image(),
                comparison.runs().stream().map(Row::of).toList(),
                comparison.layers().stream().map(layer -> Network.of(layer, settings)).toList(),
                new ImageSize(picture.width(), picture.height(), picture.originalWidth(),
                        picture.originalHeight(), picture.scaledDown(), picture.format()),
                new Options(settings.part().name().toLowerCase(Locale.ROOT), settings.filters(),
                        settings.kernel(), settings.groups(), settings.stride(), settings.seed(),
                        provenance.maxSide(), settings.timePerCell().toMillis() / 1e3),
                Article.of(settings), comparison.othersShare(), comparison.observations(),
                comparison.notes(), comparison.missing(), provenance.environment(),
                provenance.date().toString(), provenance.command(), files);
    }

    /** {@code ok}, {@code disagrees} or {@code failed}. */
    static String state(Run run) {
        return switch (run.outcome()) {
            case Run.Measured measured -> measured.agrees() ? "ok" : "disagrees";
            case Run.Failed failed -> "failed";
        };
    }
}
