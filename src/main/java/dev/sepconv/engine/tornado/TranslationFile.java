package dev.sepconv.engine.tornado;

import dev.sepconv.engine.tuning.TuningFile;
import dev.sepconv.io.AtomicFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ResolvedModule;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What TornadoVM made of the kernels that a plan was the first of its process to need, in the
 * user's folder for caches: TornadoVM's compiler is Java code that has just been loaded, and takes
 * longer than the driver's. The file holds all that it depends on, and is read only where that is
 * the same. Deleting it is always safe.
 *
 * @param path the file; it and its folder need not exist
 * @param key what the translations depend on, as text
 */
record TranslationFile(Path path, String key) {

    private static final System.Logger LOG = System.getLogger(TranslationFile.class.getName());

    /** Of the file; another number is not read. */
    private static final String FORMAT = "sepconv translations 2";
    private static final String SUFFIX = ".opencl";
    /** Files; when there are more those go that were not read for longest. */
    private static final int MOST_FILES = 100;

    private static final List<String> MODULES = List.of("tornado.api", "tornado.runtime",
            "tornado.drivers.common", "tornado.drivers.opencl", "jdk.graal.compiler");

    private static final Pattern OWN_CLASS = Pattern.compile("dev/sepconv/[\\w/$]+");

    /** Digests of classes that were asked for: a process opens many plans of the same kernels. */
    private static final Map<Set<Class<?>>, String> DIGESTS = new ConcurrentHashMap<>();

    /**
     * @param kernels what they depend on that this process doesn't share, in their order
     * @param owners classes that have them
     * @return empty where nothing is to be kept, or it can't be told what they depend on
     */
    static Optional<TranslationFile> of(Target target, List<String> kernels, Set<Class<?>> owners) {
        Optional<Path> folder = TuningFile.find("sepconv.translations", "SEPCONV_TRANSLATIONS",
                "opencl");
        if (folder.isEmpty()) {
            return Optional.empty();
        }
        try {
            String key = key(target, kernels, owners);
            String name = HexFormat.of().formatHex(digest(key.getBytes(StandardCharsets.UTF_8)), 0,
                    16) + SUFFIX;
            return Optional.of(new TranslationFile(folder.get().resolve(name), key));
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "translations are not kept", e);
            return Optional.empty();
        }
    }

    private static String key(Target target, List<String> kernels, Set<Class<?>> owners)
            throws IOException {
        List<String> lines = new ArrayList<>(
                List.of(FORMAT, target.device().id(), target.key().device(), target.key().driver(),
                        target.key().tornadoVm(), target.units() + " units", target.compilerFlags(),
                        System.getProperty("java.vm.version")));
        for (String name : MODULES) {
            ResolvedModule module = ModuleLayer.boot().configuration().findModule(name)
                    .orElseThrow();
            Path jar = Path.of(module.reference().location().orElseThrow());
            lines.add("%s %d %s".formatted(name, Files.size(jar), Files.getLastModifiedTime(jar)));
        }
        System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith("tornado.")).sorted()
                .forEach(name -> lines.add(name + "=" + System.getProperty(name)));
        String classes = DIGESTS.get(owners);
        if (classes == null) {
            classes = classes(owners);
            DIGESTS.put(owners, classes);
        }
        lines.add(classes);
        lines.addAll(kernels);
        return String.join("\n", lines);
    }

    /** A digest of classes, and of those of sepconv that they name, and so on. */
    private static String classes(Set<Class<?>> owners) throws IOException {
        MessageDigest digest = sha256();
        TreeSet<String> names = new TreeSet<>();
        owners.forEach(owner -> names.add(owner.getName().replace('.', '/')));
        Deque<String> left = new ArrayDeque<>(names);
        while (!left.isEmpty()) {
            String name = left.remove();
            try (InputStream in = TranslationFile.class.getClassLoader()
                    .getResourceAsStream(name + ".class")) {
                if (in == null) {
                    continue; // such as a part of a text
                }
                byte[] bytes = in.readAllBytes();
                digest.update(bytes);
                OWN_CLASS.matcher(new String(bytes, StandardCharsets.ISO_8859_1)).results()
                        .map(found -> found.group()).filter(names::add).sorted().forEach(left::add);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** By the programs as which the driver compiled them; empty if there are none for this. */
    List<List<Translation>> read() {
        try {
            byte[] all = Files.readAllBytes(path);
            int end = all.length - sha256().getDigestLength();
            if (end < 0 || !Arrays.equals(digest(Arrays.copyOf(all, end)),
                    Arrays.copyOfRange(all, end, all.length))) {
                return List.of();
            }
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(all));
            if (!text(in).equals(key)) {
                return List.of();
            }
            List<List<Translation>> found = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                List<Translation> program = new ArrayList<>();
                for (int within = in.readInt(); within > 0; within--) {
                    program.add(new Translation(text(in), bytes(in), bytes(in)));
                }
                found.add(List.copyOf(program));
            }
            Files.setLastModifiedTime(path, FileTime.fromMillis(System.currentTimeMillis()));
            return List.copyOf(found);
        } catch (IOException none) {
            return List.of();
        }
    }

    /** Without a word where that can't be done: it is only slower. */
    void write(List<List<Translation>> programs) {
        try {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(all);
            write(out, key.getBytes(StandardCharsets.UTF_8));
            out.writeInt(programs.size());
            for (List<Translation> program : programs) {
                out.writeInt(program.size());
                for (Translation each : program) {
                    write(out, each.entryPoint().getBytes(StandardCharsets.UTF_8));
                    write(out, each.source());
                    write(out, each.accesses());
                }
            }
            out.write(digest(all.toByteArray()));
            Files.createDirectories(path.getParent());
            AtomicFile.write(path, all::writeTo);
            removeOldest();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "translations could not be kept", e);
        }
    }

    private void removeOldest() throws IOException {
        try (Stream<Path> files = Files.list(path.getParent())) {
            List<Path> own = files.filter(file -> file.toString().endsWith(SUFFIX)).toList();
            if (own.size() <= MOST_FILES) {
                return;
            }
            Map<Path, Long> read = new HashMap<>();
            for (Path file : own) {
                read.put(file, file.toFile().lastModified());
            }
            for (Path file : own.stream().sorted(Comparator.comparing(read::get))
                    .limit(own.size() - MOST_FILES).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static String text(DataInputStream in) throws IOException {
        return new String(bytes(in), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(DataInputStream in) throws IOException {
        return in.readNBytes(in.readInt());
    }

    private static void write(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static byte[] digest(byte[] bytes) {
        return sha256().digest(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
