package dev.sepconv.report;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.sepconv.Shape;
import dev.sepconv.compare.Comparison;
import dev.sepconv.compare.Run;
import dev.sepconv.compare.Settings;
import dev.sepconv.compare.Timing;
import dev.sepconv.cost.ArticleFormulas;
import dev.sepconv.cost.Cost;
import dev.sepconv.engine.Engines;
import java.util.List;

/**
 * The document {@code results.json}. Its component names are its keys; a number that is missing or not finite is null.
 *
 * @param generator always {@value #GENERATOR}: by it a folder is known as ours
 * @param schemaVersion raised when a key goes or changes its meaning; new keys don't raise it
 * @param image the picture's name as it was given
 * @param runs one for each variant on each device
 * @param article the article's formulas for these settings, as written and exact
 * @param missingEngines engines that could not take part, and the mend
 * @param files what was written, relative to this file
 */
@JsonPropertyOrder({"generator", "schemaVersion", "image", "runs"})
public record Results(String generator, int schemaVersion, String image, List<Row> runs, ImageSize imageSize, Options settings,
        Article article, List<String> observations, List<String> notes, List<Engines.Missing> missingEngines,
        Environment environment, String date, String command, List<String> files) {

    static final String GENERATOR = "sepconv";
    static final int SCHEMA_VERSION = 1;

    /** Pixels that were compared, and those of the file before it was scaled down. */
    public record ImageSize(int width, int height, int originalWidth, int originalHeight, boolean scaledDown, String format) {
    }

    /** What was asked for. */
    public record Options(int filters, int kernel, int groups, int stride, long seed, int maxSide, double secondsPerCell) {
    }

    /** Parameters without biases of N filters, K by K, over 3 channels. */
    public record Article(long standard, long separableAsWritten, long separableExact, double separableRatioAsWritten,
            double separableRatioExact, double groupedRatio) {
        static Article of(Settings settings) {
            int kernel = settings.kernel();
            int filters = settings.filters();
            return new Article(ArticleFormulas.standard(kernel, Settings.CHANNELS, filters),
                    ArticleFormulas.separableAsWritten(kernel, Settings.CHANNELS, filters),
                    ArticleFormulas.separableExact(kernel, Settings.CHANNELS, filters),
                    ArticleFormulas.separableRatioAsWritten(kernel, Settings.CHANNELS),
                    ArticleFormulas.separableRatioExact(kernel, filters), ArticleFormulas.groupedRatio(settings.groups()));
        }
    }

    /**
     * One variant on one device.
     *
     * @param device the device's id
     * @param inputShape {@code [N, C, H, W]}
     * @param ratioToStandard parameters over those of the standard convolution with as many channels in and out
     * @param multiplyAddsRatioToStandard the same of multiply-adds
     * @param medianMillis of {@code Plan.run}, from a tensor on the host to a tensor on the host
     * @param maxAbsError largest difference from the float64 reference
     * @param relativeError that over the reference's largest magnitude
     * @param state {@code ok}, {@code disagrees} (relative error over 1e-5) or {@code failed}
     * @param error why it failed, or null
     */
    public record Row(String variant, String engine, String device, int[] inputShape, int[] outputShape, long parameters,
            long multiplyAdds, double ratioToStandard, Double medianMillis, Double gflops, Double maxAbsError,
            double multiplyAddsRatioToStandard, Double relativeError, Spread spread, String state, String error,
            String deviceName, String backend, long weights, long biases, long bytesRead, long bytesWritten,
            double arithmeticIntensity) {

        static Row of(Run run) {
            Cost cost = run.cost();
            double ratio = run.variant().parameterRatio(run.input());
            double multiplyAddRatio = run.variant().multiplyAddRatio(run.input());
            Timing timing = run.outcome() instanceof Run.Measured m ? m.timing() : null;
            return new Row(run.variant().name(), run.device().engine(), run.device().id(), sizes(run.input()),
                    sizes(run.output()), cost.parameters(), cost.multiplyAdds(), ratio,
                    timing == null ? null : timing.medianMillis(), timing == null ? null : run.gflops(timing),
                    run.outcome() instanceof Run.Measured m ? finite(m.difference().maxAbs()) : null, multiplyAddRatio,
                    run.outcome() instanceof Run.Measured m ? finite(m.difference().relative()) : null,
                    timing == null ? null : Spread.of(timing), Results.state(run),
                    run.outcome() instanceof Run.Failed failed ? failed.reason() : null, run.device().name(),
                    run.device().backend(), cost.weights(), cost.biases(), cost.bytesRead(), cost.bytesWritten(),
                    cost.arithmeticIntensity());
        }

        private static int[] sizes(Shape shape) {
            return new int[]{shape.n(), shape.c(), shape.h(), shape.w()};
        }

        private static Double finite(double value) {
            return Double.isFinite(value) ? value : null;
        }
    }

    /** How far the times lie apart, in milliseconds. */
    public record Spread(int runs, int warmUpRuns, double minMillis, double p25Millis, double p75Millis, double maxMillis) {
        static Spread of(Timing timing) {
            return new Spread(timing.runs(), timing.warmUpRuns(), timing.minMillis(), timing.p25Millis(), timing.p75Millis(),
                    timing.maxMillis());
        }
    }

    static Results of(Subject subject, Comparison comparison, List<String> files) {
        Settings settings = comparison.settings();
        var picture = subject.picture();
        return new Results(GENERATOR, SCHEMA_VERSION, subject.image(), comparison.runs().stream().map(Row::of).toList(),
                new ImageSize(picture.width(), picture.height(), picture.originalWidth(), picture.originalHeight(),
                        picture.scaledDown(), picture.format()),
                new Options(settings.filters(), settings.kernel(), settings.groups(), settings.stride(), settings.seed(),
                        subject.maxSide(), settings.timePerCell().toMillis() / 1e3),
                Article.of(settings), comparison.observations(), comparison.notes(), comparison.missing(), subject.environment(),
                subject.date().toString(), subject.command(), files);
    }

    /** {@code ok}, {@code disagrees} or {@code failed}. */
    static String state(Run run) {
        return switch (run.outcome()) {
            case Run.Measured measured -> measured.agrees() ? "ok" : "disagrees";
            case Run.Failed failed -> "failed";
        };
    }
}
