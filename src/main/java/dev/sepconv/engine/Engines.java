package dev.sepconv.engine;

import dev.sepconv.Device;
import dev.sepconv.Engine;
import dev.sepconv.EngineException;
import dev.sepconv.engine.java.JavaEngine;
import dev.sepconv.engine.plain.PlainEngine;
import dev.sepconv.engine.simd.SimdEngine;
import dev.sepconv.engine.tornado.TornadoEngine;
import dev.sepconv.engine.tuning.TuningFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Opens engines and chooses among them: what was asked for, else the best there is. Best is an
 * accelerator of {@code tornado}, then a CPU device of it that {@code sepconv tune} measured to be
 * faster than {@code simd}, then {@code simd}, then other CPU devices of {@code tornado}, then
 * {@code plain}. {@code java} is never taken by itself: it is there to say what the kernels mean.
 * Never falls back in silence: every choice comes with its reason.
 */
public final class Engines {

    /** All engines, the fast ones first. */
    public static final List<String> NAMES = List.of("tornado", "simd", "plain", "java");

    /**
     * Those that are compared where none is named: {@code plain} only stands in for {@code simd}.
     */
    public static final List<String> COMPARED = List.of("tornado", "simd", "java");

    /**
     * What may be missing, the cheapest to add first: an option of Java, a jar, an SDK with its
     * drivers.
     */
    private static final List<String> CHEAPEST_FIRST = List.of("simd", "java", "tornado");

    /** The engines by how good their CPU devices are, best first. */
    private static final List<String> WITHOUT_ACCELERATOR = List.of("simd", "tornado", "plain",
            "java");

    private static final AtomicBoolean SAID_WHAT_IS_LOST = new AtomicBoolean();

    /**
     * The system property that names the device to use where none is asked for; the files in
     * tornado-config/ set it.
     */
    private static final String DEFAULT_DEVICE = "sepconv.device";

    private Engines() {
    }

    /**
     * An engine, the device to use, and why.
     *
     * @param reason a clause for people, for example
     * {@code "no TornadoVM: TORNADOVM_HOME is not set"}
     */
    public record Choice(Engine engine, Device device, String reason) implements AutoCloseable {
        @Override
        public String toString() {
            return "engine %s on %s: %s".formatted(engine.name(), device, reason);
        }

        @Override
        public void close() {
            engine.close();
        }
    }

    /**
     * An engine that can't be used here.
     *
     * @param fix one sentence: what is missing and what to do
     */
    public record Missing(String engine, String fix) {
    }

    /**
     * Every engine that can be used here.
     *
     * @param missing what is missing for the others, the cheapest to add first
     * @param timesSimd how many times as long as {@code simd} CPU devices of TornadoVM take, where
     * {@code sepconv tune} measured it
     */
    public record Inventory(List<Engine> engines, List<Missing> missing,
            Map<Device, Double> timesSimd) implements AutoCloseable {

        public Inventory(List<Engine> engines, List<Missing> missing) {
            this(engines, missing, timesSimd(engines));
        }

        private static Map<Device, Double> timesSimd(List<Engine> engines) {
            Map<Device, Double> times = new HashMap<>();
            for (Engine simd : engines.stream().filter(engine -> engine.name().equals("simd"))
                    .toList()) {
                for (Engine engine : engines) {
                    if (engine instanceof TornadoEngine tornado) {
                        tornado.devices().stream().filter(device -> !isAccelerator(device))
                                .forEach(device -> tornado.measurements(device)
                                        .timesSimd(simd.devices().getFirst().name())
                                        .ifPresent(ratio -> times.put(device, ratio)));
                    }
                }
            }
            return Map.copyOf(times);
        }

        /** The devices of all engines, best first: as {@link #best} takes them. */
        public List<Device> devices() {
            return engines.stream().flatMap(engine -> engine.devices().stream())
                    .sorted(Comparator.comparingInt(this::rank)).toList();
        }

        /** Where nothing is asked for the device of the least is taken. */
        private int rank(Device device) {
            if (isAccelerator(device)) {
                return -2;
            }
            return timesSimd.getOrDefault(device, 1.0) < 1
                    ? -1
                    : WITHOUT_ACCELERATOR.indexOf(device.engine());
        }

        /**
         * {@link #devices} without {@code plain} where {@code simd}, for which it stands in, is
         * here: what is worth comparing.
         */
        public List<Device> devicesToCompare() {
            boolean simd = engines.stream().anyMatch(engine -> engine.name().equals("simd"));
            return devices().stream().filter(device -> !simd || !device.engine().equals("plain"))
                    .toList();
        }

        /** Why {@link #best} takes the first of {@link #devices}, as a clause for people. */
        public String reason() {
            Device best = devices().getFirst();
            if (isAccelerator(best)) {
                return "the best there is, an accelerator";
            }
            List<String> reasons = new ArrayList<>();
            // TornadoVM might have an accelerator
            missing.stream()
                    .filter(each -> each.engine().equals("tornado")
                            || WITHOUT_ACCELERATOR.indexOf(each.engine()) < rank(best))
                    .forEach(
                            each -> reasons.add("no %s (%s)".formatted(each.engine(), each.fix())));
            if (timesSimd.getOrDefault(best, 1.0) < 1) {
                reasons.add("`sepconv tune` measured it to take %.2f times as long as simd"
                        .formatted(timesSimd.get(best)));
            } else if (best.engine().equals("simd")) {
                devices().stream().filter(device -> device.engine().equals("tornado"))
                        .forEach(device -> reasons.add(
                                "no accelerator, and TornadoVM's %s is this CPU too, %s".formatted(
                                        device.id(),
                                        timesSimd.containsKey(device)
                                                ? "which `sepconv tune` measured to take %.2f times as long"
                                                        .formatted(timesSimd.get(device))
                                                : "which `sepconv tune` has not measured beside simd")));
            }
            return reasons.isEmpty() ? "the best there is" : String.join("; ", reasons);
        }

        /** The engine that has a device. */
        public Engine engineOf(Device device) {
            return engines.stream().filter(engine -> engine.name().equals(device.engine()))
                    .findFirst().orElseThrow();
        }

        @Override
        public void close() {
            engines.forEach(Engine::close);
        }
    }

    /**
     * Opens one engine.
     *
     * @throws IllegalArgumentException if there is no engine of that name
     * @throws EngineException if it can't be used here; the message says the fix
     */
    public static Engine open(String name) {
        return switch (name) {
            case "tornado" -> TornadoEngine.open();
            case "simd" -> SimdEngine.open();
            case "plain" -> PlainEngine.open();
            case "java" -> JavaEngine.open();
            default -> throw new IllegalArgumentException("engine is '%s'; it must be one of %s"
                    .formatted(name, String.join(", ", NAMES)));
        };
    }

    /** Opens every engine that can be used here. */
    public static Inventory inventory() {
        List<Engine> engines = new ArrayList<>();
        List<Missing> missing = new ArrayList<>();
        for (String name : NAMES) {
            try {
                engines.add(open(name));
            } catch (EngineException e) {
                missing.add(new Missing(name, e.getMessage()));
            }
        }
        missing.sort(Comparator.comparingInt(each -> CHEAPEST_FIRST.indexOf(each.engine())));
        return new Inventory(List.copyOf(engines), List.copyOf(missing));
    }

    private static boolean isAccelerator(Device device) {
        return device.engine().equals("tornado") && !device.kind().equals("cpu");
    }

    /**
     * What tells a device of TornadoVM's, its driver and TornadoVM itself from others; empty for
     * the other engines.
     */
    public static Optional<TuningFile.Key> tuningKey(Engine engine, Device device) {
        return engine instanceof TornadoEngine tornado
                ? Optional.of(tornado.tuningKey(device))
                : Optional.empty();
    }

    /** The best engine there is, on its best device. */
    public static Choice best() {
        return choose(null, null);
    }

    /**
     * Chooses an engine and a device. Where no device is asked for, nor an engine other than
     * {@code tornado}, the system property {@value #DEFAULT_DEVICE} names the device.
     *
     * @param engineName an engine's name, or null for the best that has the device
     * @param deviceName a device's id, its backend for the best of that, or part of its name in any
     * case; null for the engine's best; or several with commas between them, over which each layer
     * or network is then split ({@link SplitEngine})
     * @throws IllegalArgumentException if there is no such engine or device, several devices fit a
     * name, or a device is named twice
     * @throws EngineException if the engine that was asked for can't be used here
     */
    public static Choice choose(String engineName, String deviceName) {
        String preferred = System.getProperty(DEFAULT_DEVICE);
        if (deviceName != null || preferred == null
                || engineName != null && !engineName.equals("tornado")) {
            return pick(engineName, deviceName);
        }
        try {
            Choice choice = pick(engineName, preferred);
            return new Choice(choice.engine(), choice.device(), "asked for by " + DEFAULT_DEVICE);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "system property %s: %s".formatted(DEFAULT_DEVICE, e.getMessage()), e);
        }
    }

    private static Choice pick(String engineName, String deviceName) {
        if (engineName != null) {
            Engine engine = open(engineName);
            try {
                if (isSeveral(engine.devices(), deviceName)) {
                    return several(new Inventory(List.of(engine), List.of()), deviceName);
                }
                Device device = deviceName == null
                        ? engine.devices().getFirst()
                        : find(engine.devices(), deviceName);
                return new Choice(engine, device, "asked for");
            } catch (RuntimeException e) {
                engine.close();
                throw e;
            }
        }
        Inventory inventory = inventory();
        try {
            if (isSeveral(inventory.devices(), deviceName)) {
                return several(inventory, deviceName);
            }
            Device device = deviceName == null
                    ? inventory.devices().getFirst()
                    : find(inventory, deviceName);
            String reason = deviceName == null ? inventory.reason() : "asked for";
            Engine engine = inventory.engineOf(device);
            inventory.engines().stream().filter(other -> other != engine).forEach(Engine::close);
            if (deviceName == null && engine instanceof PlainEngine
                    && SAID_WHAT_IS_LOST.compareAndSet(false, true)) {
                System.err.println(
                        "sepconv: engine plain runs without the CPU's vector units as simd uses them, about ten times slower: "
                                + "start Java with --add-modules jdk.incubator.vector for simd");
            }
            return new Choice(engine, device, reason);
        } catch (RuntimeException e) {
            inventory.close();
            throw e;
        }
    }

    /**
     * {@link #find(List, String)}; where none fits the sentence says what is missing too: it may be
     * a missing engine's.
     */
    private static Device find(Inventory inventory, String wanted) {
        try {
            return find(inventory.devices(), wanted);
        } catch (IllegalArgumentException e) {
            if (inventory.missing().isEmpty() || !fitting(inventory.devices(), wanted).isEmpty()) {
                throw e;
            }
            throw new IllegalArgumentException(e.getMessage() + "; "
                    + String.join("; ",
                            inventory.missing().stream()
                                    .map(each -> "no %s (%s)".formatted(each.engine(), each.fix()))
                                    .toList()),
                    e);
        }
    }

    /** Names may hold commas themselves. */
    private static boolean isSeveral(List<Device> devices, String wanted) {
        return wanted != null && wanted.contains(",") && fitting(devices, wanted).isEmpty();
    }

    private static Choice several(Inventory inventory, String wanted) {
        List<EngineDevice> members = findAll(inventory, wanted).stream()
                .map(device -> new EngineDevice(inventory.engineOf(device), device)).toList();
        SplitEngine engine = new SplitEngine(members);
        inventory.engines().stream()
                .filter(other -> members.stream().noneMatch(member -> member.engine() == other))
                .forEach(Engine::close);
        return new Choice(engine, engine.devices().getFirst(), "asked for");
    }

    /**
     * Of all engines, {@link #find} for one name, or for several with commas between them.
     *
     * @throws IllegalArgumentException as {@link #find}, or if a device is named twice
     */
    public static List<Device> findAll(Inventory inventory, String wanted) {
        if (!isSeveral(inventory.devices(), wanted)) {
            return List.of(find(inventory, wanted));
        }
        List<Device> found = new ArrayList<>();
        for (String name : wanted.split(",", -1)) {
            Device device = find(inventory, name.strip());
            if (found.contains(device)) {
                throw new IllegalArgumentException(
                        "device is '%s'; %s is named twice".formatted(wanted, device));
            }
            found.add(device);
        }
        return List.copyOf(found);
    }

    /**
     * The device with that id, else the first of the backend of that name, else the only one whose
     * name contains that text.
     *
     * @throws IllegalArgumentException if none or several fit
     */
    public static Device find(List<Device> devices, String wanted) {
        List<Device> fits = fitting(devices, wanted);
        if (fits.size() == 1) {
            return fits.getFirst();
        }
        List<Device> listed = fits.isEmpty() ? devices : fits;
        String all = String.join(", ", listed.stream().map(Device::toString).toList());
        throw new IllegalArgumentException(fits.isEmpty()
                ? "device is '%s'; the devices here are: %s".formatted(wanted, all)
                : "device '%s' fits several; name one of: %s".formatted(wanted, all));
    }

    private static List<Device> fitting(List<Device> devices, String wanted) {
        List<Device> fits = devices.stream().filter(device -> device.id().equalsIgnoreCase(wanted))
                .toList();
        if (fits.isEmpty()) {
            fits = devices.stream().filter(device -> device.backend().equalsIgnoreCase(wanted))
                    .limit(1).toList();
        }
        if (fits.isEmpty()) {
            String lower = wanted.toLowerCase(Locale.ROOT);
            fits = devices.stream()
                    .filter(device -> device.name().toLowerCase(Locale.ROOT).contains(lower))
                    .toList();
        }
        return fits;
    }
}
