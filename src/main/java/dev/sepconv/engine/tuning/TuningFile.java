package dev.sepconv.engine.tuning;

import dev.sepconv.engine.tuning.Measurements.BesideSimd;
import dev.sepconv.engine.tuning.Measurements.Time;
import dev.sepconv.io.AtomicFile;
import dev.sepconv.io.InputFile;
import dev.sepconv.io.Json;
import dev.sepconv.kernel.conv.Geometry;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.json.JSONArray;
import org.json.JSONException;
import org.json.JSONObject;

/**
 * The file in which {@code sepconv tune} remembers what it measured, of all devices of a user. It
 * is a cache: deleting it is always safe.
 *
 * @param path the file; it and its folder need not exist
 */
public record TuningFile(Path path) {

    /** Of the file; another number is not read. */
    private static final int FORMAT = 3;

    /**
     * What a measurement holds for.
     *
     * @param device what the driver calls the device
     * @param driver its name and version
     * @param tornadoVm TornadoVM's version
     * @param catalogue the version of the kernels
     */
    public record Key(String device, String driver, String tornadoVm, String catalogue) {
    }

    /**
     * @param times empty if no kernel of these sizes was measured
     * @param besideSimd null if it was not measured
     */
    private record Entry(Key key, List<Geometry> stages, Map<String, Time> times,
            BesideSimd besideSimd) {
        boolean isOf(Entry other) {
            return key.equals(other.key) && stages.equals(other.stages);
        }
    }

    /** What can't be read; the message is a clause for people. */
    private static final class UnreadableException extends Exception {
        private static final long serialVersionUID = 1;

        UnreadableException(String message) {
            super(message);
        }
    }

    /**
     * The file to use: what the system property {@code sepconv.tuning} or, without it, the
     * environment variable {@code SEPCONV_TUNING} names, else {@code tuning.json} in
     * {@link #folder()}; empty where either says {@code off}, and where there is no such folder.
     */
    public static Optional<TuningFile> find() {
        return find("sepconv.tuning", "SEPCONV_TUNING", "tuning.json").map(TuningFile::new);
    }

    /**
     * Where something of sepconv's lies: what a system property or, without it, an environment
     * variable names, else a name in {@link #folder()}; empty where either says {@code off}, and
     * where there is no such folder.
     */
    public static Optional<Path> find(String property, String variable, String name) {
        String named = System.getProperty(property, System.getenv().getOrDefault(variable, ""));
        if (named.equalsIgnoreCase("off")) {
            return Optional.empty();
        }
        Optional<Path> path = named.isBlank()
                ? folder().map(folder -> folder.resolve(name))
                : Optional.of(Path.of(named));
        return path.map(Path::toAbsolutePath);
    }

    /**
     * Where sepconv keeps what it may lose, in the user's folder for caches; empty for a user
     * without a home: one that the system has no entry of, as in some containers, and with neither
     * HOME nor XDG_CACHE_HOME set. Where only HOME isn't set, as for cron, home is what the
     * system's entry says.
     */
    public static Optional<Path> folder() {
        Path caches = caches(System.getProperty("os.name"), System.getProperty("user.home"),
                System.getenv());
        return caches.isAbsolute() ? Optional.of(caches.resolve("sepconv")) : Optional.empty();
    }

    /** Where a user's caches lie on this system. */
    static Path caches(String system, String home, Map<String, String> environment) {
        String name = system.toLowerCase(Locale.ROOT);
        if (name.startsWith("windows")) {
            String local = environment.getOrDefault("LOCALAPPDATA", "");
            return local.isEmpty() ? Path.of(home, "AppData", "Local") : Path.of(local);
        }
        if (name.startsWith("mac")) {
            return Path.of(home, "Library", "Caches");
        }
        String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
        // the XDG specification: a relative path is to be ignored
        return xdg.isEmpty() || !Path.of(xdg).isAbsolute() ? Path.of(home, ".cache") : Path.of(xdg);
    }

    /**
     * What was measured, by what it holds for; nothing if there is no file. One that can't be read
     * is passed over with a line on stderr.
     */
    public Map<Key, Measurements> read() {
        Map<Key, Measurements> measurements = new HashMap<>();
        for (Entry entry : entriesOrNone()) {
            Measurements ofKey = measurements.computeIfAbsent(entry.key,
                    key -> new Measurements(new HashMap<>(), new HashMap<>()));
            if (!entry.times.isEmpty()) {
                ofKey.times().put(entry.stages, Map.copyOf(entry.times));
            }
            if (entry.besideSimd != null) {
                ofKey.besideSimd().put(entry.stages, entry.besideSimd);
            }
        }
        measurements.replaceAll((key, ofKey) -> new Measurements(Map.copyOf(ofKey.times()),
                Map.copyOf(ofKey.besideSimd())));
        return Map.copyOf(measurements);
    }

    /**
     * Refuses a place that can't be written, and makes its folder.
     *
     * @throws IOException if it can't be; the message names it
     */
    public void prepare() throws IOException {
        try {
            Files.createDirectories(path.getParent());
        } catch (FileSystemException e) {
            FileSystemException named = new FileSystemException(path.toString(), null,
                    "its folder can't be made (%s)".formatted(e.getMessage()));
            named.initCause(e);
            throw named;
        }
        AtomicFile.check(path);
    }

    /**
     * Adds measurements, in place of those of the same kind, key and sizes; all others stay.
     * Several processes may do so at once: each waits for the other. A file that can't be read is
     * replaced.
     *
     * @throws IOException if it can't be written; what was there stays
     */
    public void remember(Key key, Measurements measurements) throws IOException {
        prepare();
        synchronized (TuningFile.class) { // Java's locks of files are a process's, not a thread's
            Path lockFile = path.resolveSibling(path.getFileName() + ".lock");
            try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE); FileLock lock = channel.lock()) {
                List<Entry> entries = new ArrayList<>();
                try {
                    entries.addAll(entries());
                } catch (UnreadableException e) {
                    // said when the engine was opened; it is replaced
                }
                Set<List<Geometry>> all = new LinkedHashSet<>(measurements.times().keySet());
                all.addAll(measurements.besideSimd().keySet());
                for (List<Geometry> stages : all) {
                    Entry added = new Entry(key, stages, measurements.times().get(stages),
                            measurements.besideSimd().get(stages));
                    Entry old = entries.stream().filter(added::isOf).findFirst()
                            .orElse(new Entry(key, stages, Map.of(), null));
                    entries.removeIf(added::isOf);
                    entries.add(
                            new Entry(key, stages, added.times != null ? added.times : old.times,
                                    added.besideSimd != null ? added.besideSimd : old.besideSimd));
                }
                byte[] json = json(entries).getBytes(StandardCharsets.UTF_8);
                AtomicFile.write(path, out -> out.write(json));
            }
        }
    }

    /** Why the file can't be read, as a clause for people; empty if it can be, or is not there. */
    public Optional<String> fault() {
        try {
            entries();
            return Optional.empty();
        } catch (UnreadableException e) {
            return Optional.of(e.getMessage());
        }
    }

    private List<Entry> entriesOrNone() {
        try {
            return entries();
        } catch (UnreadableException e) {
            System.err.println(
                    "sepconv: tuning file %s %s; it is ignored until the next `sepconv tune` replaces it"
                            .formatted(path, e.getMessage()));
            return List.of();
        }
    }

    private List<Entry> entries() throws UnreadableException {
        byte[] json;
        try {
            InputFile.check(path);
            json = Files.readAllBytes(path);
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new UnreadableException(
                    "can't be read (%s)".formatted(e.getClass().getSimpleName()));
        }
        if (json.length == 0) {
            throw otherFormat(null);
        }
        try {
            JSONObject document = Json.parse(json) instanceof JSONObject object
                    ? object
                    : new JSONObject();
            if (!(document.opt("format") instanceof Integer format) || format != FORMAT) {
                throw otherFormat(document.opt("format"));
            }
            return entries(document);
        } catch (JSONException e) {
            throw new UnreadableException("is no JSON");
        }
    }

    private static UnreadableException otherFormat(Object format) {
        return new UnreadableException("has format %s, this version reads %d"
                .formatted(format == null ? "none" : JSONObject.valueToString(format), FORMAT));
    }

    private static List<Entry> entries(JSONObject document) throws UnreadableException {
        try {
            List<Entry> entries = new ArrayList<>();
            for (Object entry : value(document, "entries", JSONArray.class)) {
                entries.add(entry(known(entry, "key", "stages", "times", "besideSimd")));
            }
            return entries;
        } catch (IllegalArgumentException e) { // from Measurements
            throw new UnreadableException("has values that can't be");
        }
    }

    private static Entry entry(JSONObject json) throws UnreadableException {
        JSONObject key = known(value(json, "key", JSONObject.class), "device", "driver",
                "tornadoVm", "catalogue");
        List<Geometry> stages = new ArrayList<>();
        for (Object stage : value(json, "stages", JSONArray.class)) {
            stages.add(geometry(stage));
        }
        JSONObject timed = value(json, "times", JSONObject.class);
        Map<String, Time> times = new HashMap<>();
        for (String kernel : timed.keySet()) {
            JSONObject time = known(value(timed, kernel, JSONObject.class), "kernelMillis",
                    "runMillis");
            times.put(kernel, new Time(number(time, "kernelMillis"), number(time, "runMillis")));
        }
        BesideSimd besideSimd = null;
        if (!json.isNull("besideSimd")) {
            JSONObject beside = known(json.get("besideSimd"), "simd", "millis", "simdMillis");
            besideSimd = new BesideSimd(value(beside, "simd", String.class),
                    number(beside, "millis"), number(beside, "simdMillis"));
        }
        return new Entry(
                new Key(value(key, "device", String.class), value(key, "driver", String.class),
                        value(key, "tornadoVm", String.class),
                        value(key, "catalogue", String.class)),
                List.copyOf(stages), times, besideSimd);
    }

    private static String json(List<Entry> entries) {
        JSONArray array = new JSONArray();
        for (Entry entry : entries) {
            JSONObject times = new JSONObject();
            entry.times.forEach((kernel, time) -> times.put(kernel, new JSONObject()
                    .put("kernelMillis", time.kernelMillis()).put("runMillis", time.runMillis())));
            JSONObject json = new JSONObject()
                    .put("key", new JSONObject().put("device", entry.key.device)
                            .put("driver", entry.key.driver).put("tornadoVm", entry.key.tornadoVm)
                            .put("catalogue", entry.key.catalogue))
                    .put("stages",
                            new JSONArray(entry.stages.stream().map(TuningFile::json).toList()))
                    .put("times", times);
            BesideSimd beside = entry.besideSimd;
            if (beside != null) {
                json.put("besideSimd", new JSONObject().put("simd", beside.simd())
                        .put("millis", beside.millis()).put("simdMillis", beside.simdMillis()));
            }
            array.put(json);
        }
        return new JSONObject().put("format", FORMAT).put("entries", array).toString(2);
    }

    /**
     * A geometry has seventeen components, all whole numbers but the last, a truth value: each by
     * its name.
     */
    private static JSONObject json(Geometry geometry) {
        JSONObject json = new JSONObject();
        try {
            for (RecordComponent component : Geometry.class.getRecordComponents()) {
                json.put(component.getName(), component.getAccessor().invoke(geometry));
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
        return json;
    }

    private static Geometry geometry(Object stage) throws UnreadableException {
        RecordComponent[] components = Geometry.class.getRecordComponents();
        JSONObject json = known(stage,
                Arrays.stream(components).map(RecordComponent::getName).toArray(String[]::new));
        Object[] values = new Object[components.length];
        for (int i = 0; i < values.length; i++) {
            String name = components[i].getName();
            values[i] = components[i].getType() == int.class
                    ? (Object) value(json, name, Integer.class)
                    : value(json, name, Boolean.class);
        }
        try {
            return (Geometry) Geometry.class.getConstructors()[0].newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static double number(JSONObject from, String name) throws UnreadableException {
        return value(from, name, Number.class).doubleValue();
    }

    /** An object with no name but these. */
    private static JSONObject known(Object value, String... names) throws UnreadableException {
        if (value == JSONObject.NULL) {
            throw new UnreadableException("lacks values");
        }
        if (!(value instanceof JSONObject object) || !List.of(names).containsAll(object.keySet())) {
            throw new UnreadableException("has values that can't be");
        }
        return object;
    }

    private static <T> T value(JSONObject from, String name, Class<T> type)
            throws UnreadableException {
        if (from.isNull(name)) {
            throw new UnreadableException("lacks values");
        }
        if (!type.isInstance(from.get(name))) {
            throw new UnreadableException("has values that can't be");
        }
        return type.cast(from.get(name));
    }
}
