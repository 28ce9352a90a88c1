package dev.sepconv.doctor;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What the machine's drivers say of themselves, without TornadoVM.
 *
 * @param openCl null if there is no OpenCL loader
 * @param cuda null if there is no NVIDIA driver
 * @param levelZero null if there is no Level Zero loader
 */
public record Drivers(OpenCl openCl, Cuda cuda, LevelZero levelZero) {

    /**
     * @param status of the call that asks for platforms; 0, or OpenCL's error
     * @param vendors where the loader looks for files that name drivers; empty on systems that do
     * it in another way
     * @param named what those files name
     */
    public record OpenCl(int status, List<Platform> platforms, String vendors, List<Icd> named) {
        int devices() {
            return platforms.stream().mapToInt(platform -> platform.devices.size()).sum();
        }
    }

    /**
     * A file that names a driver.
     *
     * @param loads whether the driver's library can be loaded
     */
    public record Icd(String file, String library, boolean loads) {
    }

    /** @param version as the driver writes it, for example {@code OpenCL 3.0 PoCL 6.0} */
    public record Platform(String name, String version, List<String> devices) {
    }

    /**
     * @param status of CUDA's start; 0, or CUDA's error
     * @param version of CUDA that the driver can do, for example 12.4; null if it doesn't start
     * @param compiler version of CUDA of the run-time compiler, NVRTC; null if there is none
     */
    public record Cuda(int status, String version, int devices, String compiler) {

        /** Whether the driver is too old for what the compiler makes. */
        boolean compilerIsNewer() {
            return number(compiler) > number(version);
        }

        private static int number(String version) {
            String[] parts = version.split("\\.");
            return Integer.parseInt(parts[0]) * 1000 + Integer.parseInt(parts[1]);
        }
    }

    /** @param status of Level Zero's start; 0, or its error */
    public record LevelZero(int status, int drivers) {
    }

    static final int NO_PLATFORM = -1001;
    private static final int TEXT = 1024;
    private static final int MOST = 64;
    private static final int CL_PLATFORM_VERSION = 0x0901;
    private static final int CL_PLATFORM_NAME = 0x0902;
    private static final int CL_DEVICE_NAME = 0x102B;
    private static final long CL_DEVICE_TYPE_ALL = 0xFFFFFFFFL;

    /** Asks every driver there is. A driver that is broken can end or hang this process. */
    public static Drivers ask() {
        boolean mac = System.getProperty("os.name").startsWith("Mac");
        Native openCl = Native.open(
                mac ? "/System/Library/Frameworks/OpenCL.framework/OpenCL" : "libOpenCL.so.1");
        Native cuda = Native.open("libcuda.so.1");
        Native levelZero = Native.open("libze_loader.so.1");
        try (Arena arena = Arena.ofConfined()) {
            return new Drivers(openCl == null ? null : openCl(openCl, arena),
                    cuda == null ? null : cuda(cuda, arena),
                    levelZero == null ? null : levelZero(levelZero, arena));
        }
    }

    private static OpenCl openCl(Native library, Arena arena) {
        MemorySegment count = arena.allocate(JAVA_INT);
        MemorySegment platforms = arena.allocate(JAVA_LONG, MOST);
        int status = library.call("clGetPlatformIDs", MOST, platforms, count);
        List<Platform> found = new ArrayList<>();
        for (int i = 0; status == 0 && i < Math.min(MOST, count.get(JAVA_INT, 0)); i++) {
            long platform = platforms.getAtIndex(JAVA_LONG, i);
            MemorySegment devices = arena.allocate(JAVA_LONG, MOST);
            MemorySegment deviceCount = arena.allocate(JAVA_INT);
            List<String> names = new ArrayList<>();
            if (library.call("clGetDeviceIDs", platform, CL_DEVICE_TYPE_ALL, MOST, devices,
                    deviceCount) == 0) {
                for (int j = 0; j < Math.min(MOST, deviceCount.get(JAVA_INT, 0)); j++) {
                    names.add(openClText(library, arena, "clGetDeviceInfo",
                            devices.getAtIndex(JAVA_LONG, j), CL_DEVICE_NAME));
                }
            }
            found.add(new Platform(
                    openClText(library, arena, "clGetPlatformInfo", platform, CL_PLATFORM_NAME),
                    openClText(library, arena, "clGetPlatformInfo", platform, CL_PLATFORM_VERSION),
                    names));
        }
        String vendors = vendors();
        return new OpenCl(status == NO_PLATFORM ? 0 : status, found, vendors, named(vendors));
    }

    /**
     * The variable is that of Debian's loader, which has the folder of the standard where it is not
     * set.
     */
    private static String vendors() {
        String set = System.getenv().getOrDefault("OCL_ICD_VENDORS", "");
        return set.isEmpty() ? "/etc/OpenCL/vendors" : set;
    }

    private static List<Icd> named(String vendors) {
        Path folder = Path.of(vendors);
        List<Icd> named = new ArrayList<>();
        try (Stream<Path> files = Files.isDirectory(folder)
                ? Files.list(folder)
                : Stream.of(folder)) {
            for (Path file : (Iterable<Path>) files
                    .filter(path -> path.toString().endsWith(".icd") && Files.isReadable(path))
                    .sorted()::iterator) {
                String library = Files.readString(file).strip();
                named.add(new Icd(file.toString(), library, Native.open(library) != null));
            }
        } catch (IOException e) {
            return named; // a folder that can't be read names nothing, to the loader too
        }
        return named;
    }

    private static String openClText(Native library, Arena arena, String function, long of,
            int what) {
        MemorySegment text = arena.allocate(TEXT);
        int status = library.call(function, of, what, (long) TEXT, text, MemorySegment.NULL);
        return status == 0 ? Native.text(text) : "OpenCL's error " + status;
    }

    private static Cuda cuda(Native library, Arena arena) {
        MemorySegment number = arena.allocate(JAVA_INT);
        int status = library.call("cuInit", 0);
        if (status != 0) {
            return new Cuda(status, null, 0, null);
        }
        library.call("cuDriverGetVersion", number);
        int version = number.get(JAVA_INT, 0);
        library.call("cuDeviceGetCount", number);
        return new Cuda(0, "%d.%d".formatted(version / 1000, version % 1000 / 10),
                number.get(JAVA_INT, 0), compiler(arena));
    }

    /** The version of the newest NVRTC that can be loaded, or null. */
    private static String compiler(Arena arena) {
        Native library = Stream.of("libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so")
                .map(Native::open).filter(Objects::nonNull).findFirst().orElse(null);
        MemorySegment major = arena.allocate(JAVA_INT);
        MemorySegment minor = arena.allocate(JAVA_INT);
        return library == null || library.call("nvrtcVersion", major, minor) != 0
                ? null
                : "%d.%d".formatted(major.get(JAVA_INT, 0), minor.get(JAVA_INT, 0));
    }

    private static LevelZero levelZero(Native library, Arena arena) {
        int status = library.call("zeInit", 0);
        MemorySegment count = arena.allocate(JAVA_INT);
        if (status == 0) {
            status = library.call("zeDriverGet", count, MemorySegment.NULL);
        }
        return new LevelZero(status, count.get(JAVA_INT, 0));
    }
}
