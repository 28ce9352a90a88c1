package dev.sepconv.compare;

import dev.sepconv.Device;
import dev.sepconv.Engine;
import dev.sepconv.EngineException;
import dev.sepconv.Layout;
import dev.sepconv.Plan;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.compare.Comparison.FeatureMaps;
import dev.sepconv.cost.Cost;
import dev.sepconv.engine.Engines.Inventory;
import dev.sepconv.reference.Reference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Takes a picture through every variant on every device. */
public final class Experiment {

    /** The most multiply-adds of one variant: the float64 reference does about 10^9 a second. */
    private static final long MAX_MULTIPLY_ADDS = 200_000_000_000L;

    private Experiment() {
    }

    /** How many cells {@link #run} goes through. */
    public static int cells(Settings settings, List<Device> devices) {
        return Variants.of(settings).size() * devices.size();
    }

    /**
     * Refuses what would take days or more memory than there is.
     *
     * @throws IllegalArgumentException with what to make smaller
     */
    public static void check(Settings settings, Shape input) {
        List<Variant> variants = Variants.of(settings);
        for (Variant variant : variants) {
            long multiplyAdds = Cost.of(variant.layer(), input).multiplyAdds();
            if (multiplyAdds > MAX_MULTIPLY_ADDS) {
                throw new IllegalArgumentException(
                        "%s would take %.3g multiply-adds on a picture of %d by %d; at most %.0e are done: use fewer filters, a smaller kernel or --max-side"
                                .formatted(variant.name(), (double) multiplyAdds, input.w(), input.h(),
                                        (double) MAX_MULTIPLY_ADDS));
            }
            // one result kept a variant; while one runs, also the engine's two buffers and float64 with and without activation
            long output = variant.layer().outputShape(input).elements();
            long bytes = output * (variants.size() * Float.BYTES + 4L * Double.BYTES);
            long room = Runtime.getRuntime().maxMemory() * 3 / 4;
            if (bytes > room) {
                throw new IllegalArgumentException(
                        "%d filters on a picture of %d by %d need about %d MiB; this Java may use %d: use fewer filters, --max-side or a larger heap"
                                .formatted(settings.filters(), input.w(), input.h(), bytes >> 20, room >> 20));
            }
        }
    }

    /**
     * Runs it all. A cell that fails is noted as such and the rest goes on.
     *
     * @param input the picture, {@code [1, 3, h, w]} NCHW
     * @param inventory the engines to use
     * @param devices those of the inventory's devices to use, in the order in which they are shown
     * @param progress told about each cell before it runs
     */
    public static Comparison run(Settings settings, Tensor input, Inventory inventory, List<Device> devices,
            Consumer<String> progress) {
        check(settings, input.shape());
        List<Variant> variants = Variants.of(settings);
        List<Run> runs = new ArrayList<>();
        Map<String, FeatureMaps> maps = new LinkedHashMap<>();
        Map<Device, List<String>> tuned = new LinkedHashMap<>();
        for (Variant variant : variants) {
            double[] exact = Reference.run(variant.layer(), variant.weights(), input);
            for (Device device : devices) {
                progress.accept(variant.name() + " on " + device.id());
                Tensor result = Tensor.zeros(variant.layer().outputShape(input.shape()), Layout.NCHW);
                Run run = cell(settings, variant, inventory.engineOf(device), device, input, result, exact, tuned);
                runs.add(run);
                if (run.good()) {
                    maps.putIfAbsent(variant.name(), new FeatureMaps(device, result));
                }
            }
        }
        List<String> notes = new ArrayList<>(notes(settings));
        tuned.forEach((device, names) -> notes.add("Tuned on %s, so with the kernels measured to be the fastest there: %s."
                .formatted(device.id(), String.join(", ", names))));
        return new Comparison(settings, input, variants, devices, List.copyOf(runs), maps, inventory.missing(),
                List.copyOf(notes), Observations.of(settings, maps));
    }

    private static Run cell(Settings settings, Variant variant, Engine engine, Device device, Tensor input, Tensor result,
            double[] exact, Map<Device, List<String>> tuned) {
        try (Plan plan = engine.compile(variant.layer(), variant.weights(), input.shape(), Layout.NCHW, device)) {
            if (plan.tuned()) {
                tuned.computeIfAbsent(device, key -> new ArrayList<>()).add(variant.name());
            }
            plan.run(input, result);
            Reference.Difference first = Reference.difference(exact, result);
            Timing timing = Timing.of(() -> plan.run(input, result), settings.timePerCell());
            // the last run's result too: a plan that is right once and wrong later is wrong
            Reference.Difference last = Reference.difference(exact, result);
            return new Run(variant, device, input.shape(), new Run.Measured(timing, worse(first, last)));
        } catch (EngineException e) {
            return new Run(variant, device, input.shape(), new Run.Failed(e.getMessage()));
        } catch (RuntimeException e) {
            // a driver's or an engine's fault must not cost the other cells their results
            return new Run(variant, device, input.shape(), new Run.Failed("unexpected: " + e));
        }
    }

    private static Reference.Difference worse(Reference.Difference a, Reference.Difference b) {
        return a.relative() > b.relative() ? a : b;
    }

    private static List<String> notes(Settings settings) {
        List<String> notes = new ArrayList<>();
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
                    "Three channels split into 1 or 3 groups only, so here grouped and grouped-depthwise are the same convolution.");
        }
        return List.copyOf(notes);
    }
}
