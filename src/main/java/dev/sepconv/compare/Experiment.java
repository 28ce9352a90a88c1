package dev.sepconv.compare;

import dev.sepconv.Conv2d;
import dev.sepconv.Device;
import dev.sepconv.Engine;
import dev.sepconv.Fusion;
import dev.sepconv.Layout;
import dev.sepconv.Shape;
import dev.sepconv.Tensor;
import dev.sepconv.compare.Comparison.FeatureMaps;
import dev.sepconv.compare.Settings.MapSize;
import dev.sepconv.cost.Cost;
import dev.sepconv.engine.Engines.Inventory;
import dev.sepconv.io.Printable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Takes a picture through every variant on every device, and maps made of it through the layers of
 * a network.
 */
public final class Experiment {

    /** The most multiply-adds of one variant: the float64 reference does about 10^9 a second. */
    private static final long MAX_MULTIPLY_ADDS = 200_000_000_000L;
    /**
     * A device that would take longer for the layers on maps of one size is spared them, if a cell
     * takes a second; and so on.
     */
    private static final double PATIENCE_SECONDS = 60;
    /**
     * A device that seems too slow at first is run on, each time for as long as a warm-up takes at
     * most.
     */
    private static final int ATTEMPTS = 4;
    /** About so often each of them runs, warming up included. */
    private static final int RUNS = 25;

    private final Settings settings;
    private final Tensor picture;
    private final Inventory inventory;
    private final List<Device> devices;
    private final Progress progress;
    private final Map<Device, Limits> limits = new LinkedHashMap<>();
    /** The least that a device did of a standard layer, in operations a millisecond. */
    private final Map<Device, Double> speeds = new HashMap<>();
    private final Map<Device, List<String>> tuned = new LinkedHashMap<>();
    private final int sections;
    private int sectionsDone;

    /** Told where the comparison is. */
    @FunctionalInterface
    public interface Progress {
        /**
         * @param share how much is done, from 0 to 1, never falling
         * @param what comes next, for people
         */
        void at(double share, String what);

        /**
         * A part begins; there are a few, each for some seconds.
         *
         * @param part what is compared in it, for people
         * @param number from 1
         * @param of how many there are
         */
        default void begins(String part, int number, int of) {
        }
    }

    private Experiment(Settings settings, Tensor picture, Inventory inventory, List<Device> devices,
            Progress progress) {
        this.settings = settings;
        this.picture = picture;
        this.inventory = inventory;
        this.devices = devices;
        this.progress = progress;
        this.sections = (settings.part().hasPicture() ? 1 : 0)
                + (settings.part().hasNetwork() ? settings.maps().size() : 0);
    }

    /**
     * Refuses what would take days or more memory than there is.
     *
     * @param input the picture's shape
     * @throws IllegalArgumentException with what to make smaller
     */
    public static void check(Settings settings, Shape input) {
        if (settings.part().hasPicture()) {
            check(Variants.of(settings), input,
                    "use fewer filters, a smaller kernel or --max-side");
        }
        if (settings.part().hasNetwork()) {
            for (MapSize size : settings.maps()) {
                check(LayerVariants.of(size.channels(), settings.layerGroups(), settings.seed()),
                        Shape.of(size.channels(), size.side(), size.side()),
                        "use fewer --channels or a smaller --side");
            }
            for (int groups : settings.layerGroups()) {
                if (settings.maps().stream().noneMatch(size -> size.channels() % groups == 0)) {
                    throw new IllegalArgumentException(
                            "groups is %d; it must divide the maps' channels, %s".formatted(groups,
                                    String.join(", ", settings.maps().stream()
                                            .map(size -> "" + size.channels()).toList())));
                }
            }
        }
    }

    private static void check(List<Variant> variants, Shape input, String smaller) {
        for (Variant variant : variants) {
            long multiplyAdds = Cost.of(variant.layer(), input).multiplyAdds();
            if (multiplyAdds > MAX_MULTIPLY_ADDS) {
                throw new IllegalArgumentException(
                        "%s would take %.3g multiply-adds on %s of %d by %d; at most %.0e are done: %s"
                                .formatted(variant.name(), (double) multiplyAdds,
                                        Printable.count(input.c(), "channel"), input.w(), input.h(),
                                        (double) MAX_MULTIPLY_ADDS, smaller));
            }
            // one result kept a variant; while one runs, also the engine's two buffers and float64
            // with and without activation
            Shape output = variant.layer().outputShape(input);
            long bytes = output.elements() * (variants.size() * Float.BYTES + 4L * Double.BYTES);
            long room = Runtime.getRuntime().maxMemory() * 3 / 4;
            if (bytes > room) {
                throw new IllegalArgumentException(
                        "%s on a picture of %d by %d need about %d MiB; this Java may use %d: %s, or give it a larger heap"
                                .formatted(Printable.count(output.c(), "filter"), input.w(),
                                        input.h(), bytes >> 20, room >> 20, smaller));
            }
        }
    }

    /**
     * Runs it all. A cell that fails is noted as such and the rest goes on.
     *
     * @param picture {@code [1, 3, h, w]} NCHW
     * @param inventory the engines to use
     * @param devices those of the inventory's devices to use, in the order in which they are shown
     */
    public static Comparison run(Settings settings, Tensor picture, Inventory inventory,
            List<Device> devices, Progress progress) {
        check(settings, picture.shape());
        return new Experiment(settings, picture, inventory, devices, progress).run();
    }

    private Comparison run() {
        List<Variant> variants = List.of();
        List<Run> runs = List.of();
        Map<String, FeatureMaps> maps = new LinkedHashMap<>();
        Double othersShare = null;
        List<String> observations = List.of();
        if (settings.part().hasPicture()) {
            variants = Variants.of(settings);
            Section section = section(variants, picture, maps, false);
            runs = section.runs;
            othersShare = section.othersShare;
            observations = Observations.of(settings, maps, runs);
        }
        List<LayerComparison> layers = new ArrayList<>();
        if (settings.part().hasNetwork()) {
            for (MapSize size : settings.maps()) {
                layers.add(layer(size));
            }
            layers.replaceAll(layer -> layer.withLimits(limitsAtLeast(layers)));
        }
        List<String> notes = new ArrayList<>(Notes.of(settings));
        tuned.forEach((device, names) -> notes
                .add("Tuned on %s, so with the kernels measured to be the fastest there: %s."
                        .formatted(device.id(), String.join(", ", names))));
        return new Comparison(settings, picture, devices, variants, runs, maps, othersShare,
                List.copyOf(layers), inventory.missing(), List.copyOf(notes), observations);
    }

    private LayerComparison layer(MapSize size) {
        List<Variant> variants = LayerVariants.of(size.channels(), settings.layerGroups(),
                settings.seed());
        Tensor input = LayerVariants.maps(picture, size, settings.seed(), settings.layout());
        Section section = section(variants, input, new HashMap<>(), true);
        return new LayerComparison(size, LayerVariants.stride(picture.shape(), size), input.shape(),
                variants, section.runs, Map.copyOf(limits), section.spared, section.othersShare);
    }

    /** The limits after the last turn: one peak for all maps, above all that was reached. */
    private Map<Device, Limits> limitsAtLeast(List<LayerComparison> layers) {
        Map<Device, Limits> last = new LinkedHashMap<>();
        limits.forEach((device, found) -> last.put(device, found.atLeast(
                layers.stream().flatMap(layer -> layer.runsOn(device).stream()).toList())));
        return Map.copyOf(last);
    }

    /** Variants on one input, on all devices. */
    private static final class Section {
        final List<Run> runs = new ArrayList<>();
        final Map<Device, String> spared = new LinkedHashMap<>();
        Double othersShare;
    }

    private Section section(List<Variant> variants, Tensor input, Map<String, FeatureMaps> maps,
            boolean network) {
        progress.begins(network
                ? "layers on %s of %d×%d".formatted(Printable.count(input.shape().c(), "channel"),
                        input.shape().h(), input.shape().w())
                : "the picture through each variant", sectionsDone + 1, sections);
        Section section = new Section();
        int done = 0;
        for (List<Variant> batch : batches(variants, input.shape())) {
            Map<Variant, double[]> exact = new HashMap<>();
            for (Device device : devices) {
                double from = (sectionsDone + (double) done / (variants.size() * devices.size()))
                        / sections;
                done += batch.size();
                double to = (sectionsDone + (double) done / (variants.size() * devices.size()))
                        / sections;
                if (!section.spared.containsKey(device)) {
                    batch(batch, input, device, exact, section, maps, network, from, to);
                }
            }
        }
        sectionsDone++;
        section.runs.sort(Comparator.<Run>comparingInt(run -> variants.indexOf(run.variant()))
                .thenComparingInt(run -> devices.indexOf(run.device())));
        return section;
    }

    /** As many variants together as there is room for all their plans and results; mostly all. */
    private List<List<Variant>> batches(List<Variant> variants, Shape input) {
        long room = Runtime.getRuntime().maxMemory() / 2;
        for (Device device : devices) {
            room = Math.min(room, device.memoryBytes() > 1 << 20 ? device.memoryBytes() / 2 : room);
        }
        List<List<Variant>> batches = new ArrayList<>();
        long used = Long.MAX_VALUE;
        for (Variant variant : variants) {
            long bytes = bytes(variant, input);
            if (batches.isEmpty() || used + bytes > room) {
                batches.add(new ArrayList<>());
                used = 0;
            }
            batches.getLast().add(variant);
            used += bytes;
        }
        return batches;
    }

    /**
     * A plan's arrays, each twice as engines turn and pad them, the result and the exact result.
     */
    private static long bytes(Variant variant, Shape input) {
        Shape shape = input;
        long numbers = shape.elements();
        for (Conv2d stage : variant.layer().stages()) {
            shape = stage.outputShape(shape);
            numbers += shape.elements() + 4L * stage.weightCount();
        }
        return 2 * Float.BYTES * numbers
                + (long) (Float.BYTES + 2 * Double.BYTES) * shape.elements();
    }

    private void batch(List<Variant> variants, Tensor input, Device device,
            Map<Variant, double[]> exact, Section section, Map<String, FeatureMaps> maps,
            boolean network, double from, double to) {
        Engine engine = inventory.engineOf(device);
        if (network && tooSlow(variants, input.shape(), device, section)) {
            return;
        }
        Turns turns = new Turns();
        List<Cell> cells = new ArrayList<>();
        try {
            for (int i = 0; i < variants.size(); i++) {
                Variant variant = variants.get(i);
                progress.at(from + (to - from) * 0.6 * i / variants.size(),
                        variant.name() + " on " + device.id());
                for (Fusion fusion : network
                        ? fusions(engine, variant, input.shape(), device)
                        : List.of(Fusion.AUTO)) {
                    Cell cell = new Cell(variant, device, input, fusion);
                    cells.add(cell);
                    cell.prepare(engine,
                            settings.part().hasNetwork() && network
                                    ? settings.layout()
                                    : Layout.NCHW,
                            exact, turns);
                    if (cell.tuned()) {
                        List<String> names = tuned.computeIfAbsent(device,
                                key -> new ArrayList<>());
                        if (!names.contains(variant.name())) {
                            names.add(variant.name());
                        }
                    }
                }
                if (network && i == 0 && !cells.getFirst().failed()) {
                    if (tooSlow(cells.getFirst(), variants, input.shape(), section)) {
                        return;
                    }
                    limits.computeIfAbsent(device, key -> Limits.measure(engine, device));
                }
            }
            Others others = new Others();
            List<Turns.Result> results = turns.measure(settings.timePerCell(),
                    share -> progress.at(from + (to - from) * (0.6 + 0.4 * share),
                            "measuring in turns on " + device.id()));
            Double share = others.share();
            limits.computeIfPresent(device, (key, found) -> found.again(device));
            section.othersShare = share == null
                    ? section.othersShare
                    : Double.valueOf(
                            Math.max(share, section.othersShare == null ? 0 : section.othersShare));
            int at = 0;
            for (Cell cell : cells) {
                Run run = cell.run(cell.failed() ? null : results.get(at++), exact);
                section.runs.add(run);
                if (run.good()) {
                    maps.putIfAbsent(run.variant().name(), new FeatureMaps(device, cell.result()));
                }
            }
        } finally {
            cells.forEach(Cell::close);
        }
    }

    /** Both ways where there are two, so that they can stand side by side. */
    private static List<Fusion> fusions(Engine engine, Variant variant, Shape input,
            Device device) {
        return engine.fusions(variant.layer(), input, Layout.NHWC, device).contains(Fusion.FUSED)
                ? List.of(Fusion.SEPARATE, Fusion.FUSED)
                : List.of(Fusion.AUTO);
    }

    /**
     * Judges a device by its standard layer. Code that Java has not compiled yet, on a busy
     * machine, doesn't make it a slow one.
     */
    private boolean tooSlow(Cell standard, List<Variant> variants, Shape input, Section section) {
        boolean known = speeds.containsKey(standard.device());
        boolean slow = true;
        for (int attempt = 0; slow && attempt < (known ? 1 : ATTEMPTS); attempt++) {
            section.spared.remove(standard.device());
            double millis = attempt == 0 ? standard.warmMillis() : standard.runOn();
            double speed = Cost.of(variants.getFirst().layer(), input).flops() / millis;
            speeds.put(standard.device(),
                    known ? Math.min(speed, speeds.get(standard.device())) : speed);
            slow = tooSlow(variants, input, standard.device(), section);
        }
        return slow;
    }

    private boolean tooSlow(List<Variant> variants, Shape input, Device device, Section section) {
        Double speed = speeds.get(device);
        if (speed == null) {
            return false;
        }
        double flops = variants.stream()
                .mapToDouble(variant -> Cost.of(variant.layer(), input).flops()).sum();
        double seconds = RUNS * flops / speed / 1e3;
        double most = PATIENCE_SECONDS * Math.max(1, settings.timePerCell().toNanos() / 1e9);
        if (seconds <= most) {
            return false;
        }
        section.spared.put(device, String.format(Locale.ROOT,
                "%s is left out on %d channels of %d×%d: at the %.2g GFLOP/s that its standard convolution reached they would take %.0f s, more than %.0f; a longer --seconds or a smaller --side has it measured.",
                device.id(), input.c(), input.h(), input.w(), speed / 1e6, seconds, most));
        return true;
    }
}
