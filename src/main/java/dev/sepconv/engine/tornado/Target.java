package dev.sepconv.engine.tornado;

import dev.sepconv.Device;
import dev.sepconv.EngineException;
import dev.sepconv.engine.tuning.Measurements;
import dev.sepconv.engine.tuning.TuningFile;
import dev.sepconv.kernel.Catalogue;
import dev.sepconv.kernel.DeviceClass;
import dev.sepconv.kernel.conv.Kernel;
import java.lang.module.ModuleDescriptor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import uk.ac.manchester.tornado.api.TornadoBackend;
import uk.ac.manchester.tornado.api.TornadoRuntime;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;

/**
 * A device as we name it and as TornadoVM does.
 *
 * @param device its id is {@code backend:i:j}, where {@code i:j} is what TornadoVM's own options
 * and {@code tornado --devices} call it: the j-th device of the i-th backend
 * @param handle TornadoVM's
 * @param memory what open plans take of it
 * @param units processors that run a work-group each
 * @param compilerFlags for its driver's compiler; empty for TornadoVM's own choice
 * @param hostMemory whether its driver keeps buffers in this process's memory, where
 * {@link DirectLaunch} can use them
 * @param sharesCode whether equal tasks run one code ({@link SharedCode})
 * @param narrow whether it is a CPU whose vectors have no more than 8 numbers
 * @param localMemory whether work-items of a group can share memory
 * @param measurements what tuning has found out about it
 */
record Target(Device device, TornadoDevice handle, DeviceMemory memory, int units,
        String compilerFlags, boolean hostMemory, boolean sharesCode, boolean narrow,
        boolean localMemory, Measurements measurements) {

    /**
     * Backends and devices' ids, with commas between, that are taken for ones without local memory,
     * whatever their drivers say.
     */
    private static final String NO_LOCAL_MEMORY = "sepconv.noLocalMemory";

    /**
     * TornadoVM's own, -cl-mad-enable -cl-fast-relaxed-math, without what lets a driver assume that
     * there is no NaN and no infinity (-cl-finite-math-only): docs/numerics.md promises both.
     */
    private static final String OPENCL_FLAGS = System.getProperty("tornado.opencl.compiler.flags",
            "-cl-mad-enable -cl-unsafe-math-optimizations -w");

    /**
     * For PoCL, whose compiler fuses no multiplication with an addition of vectors, by the flags
     * above, and refuses -ffp-contract: the macro puts Clang's own pragma for it before each
     * kernel. Doubles the speed of the vector kernels. Written without blanks, which PoCL would
     * split, hence the comments.
     *
     * <p>
     * The last two make fmax and fmin, which leave a NaN out and are all that TornadoVM has of
     * vectors, PoCL's max and min, {@code a > b ? a : b}: with a NaN second that is the NaN, and
     * one instruction instead of three. The names are those that PoCL's headers rename them to.
     */
    private static final String POCL_FLAGS = OPENCL_FLAGS
            + " -DSEPCONV_PRAGMA(x)=_Pragma(#x) -D__kernel=SEPCONV_PRAGMA(clang/**/fp/**/contract(fast))kernel"
            + " -D_cl_fmax=_cl_max -D_cl_fmin=_cl_min";

    /** The line of TornadoVM's description of a device that says it; PTX has none. */
    private static final Pattern DRIVER_VERSION = Pattern.compile("Driver version\\s*:([^\\n]*)");
    private static final System.Logger LOG = System.getLogger(Target.class.getName());
    /** Numbers of AVX2's vectors; NEON's have half as many, AVX-512's twice as many. */
    private static final int NARROW = 8;
    private static final String UNKNOWN = "unknown";

    private static final List<String> BEST_FIRST = List.of("gpu", "accelerator", "cpu");

    /**
     * Every device of every backend: GPUs, then accelerators, then CPUs, otherwise in TornadoVM's
     * order.
     *
     * @throws EngineException if there is no backend or no device
     */
    static List<Target> all() {
        return all(TornadoRuntimeProvider.getTornadoRuntime());
    }

    /** {@link #all()} of a runtime. */
    static List<Target> all(TornadoRuntime runtime) {
        if (runtime.getNumBackends() == 0) {
            throw new EngineException(
                    "TornadoVM has no backend: its SDK was installed without one; install one with OpenCL, PTX, CUDA or "
                            + "SPIR-V and set TORNADOVM_HOME to it");
        }
        Map<TuningFile.Key, Measurements> tuned = TuningFile.find().map(TuningFile::read)
                .orElse(Map.of());
        List<Target> targets = new ArrayList<>();
        List<String> backends = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        for (int i = 0; i < runtime.getNumBackends(); i++) {
            TornadoBackend backend = runtime.getBackend(i);
            backends.add(backend.getName());
            for (int j = 0; j < backend.getNumDevices(); j++) {
                TornadoDevice handle = backend.getDevice(j);
                try {
                    targets.add(of(handle, i, j, tuned));
                } catch (RuntimeException e) { // such as a device of several types at once
                    String name = handle.getPhysicalDevice().getDeviceName();
                    LOG.log(System.Logger.Level.WARNING, "TornadoVM can''t use device {0}: {1}",
                            name, e.getMessage());
                    refused.add("'%s' (%s)".formatted(name, DeviceGraph.reason(e)));
                }
            }
        }
        if (targets.isEmpty() && !refused.isEmpty()) {
            throw new EngineException(
                    "TornadoVM can't use any device that its backend %s finds: %s; use another device or engine"
                            .formatted(String.join(", ", backends), String.join(", ", refused)));
        }
        if (targets.isEmpty()) {
            throw new EngineException(
                    "TornadoVM's backend %s finds no device; install the device's driver (for a CPU, Debian's "
                            .formatted(String.join(", ", backends)) + "pocl-opencl-icd)");
        }
        targets.sort(Comparator.comparingInt(target -> BEST_FIRST.indexOf(target.device.kind())));
        return List.copyOf(targets);
    }

    /**
     * The same, with input and output copied to the device and back by TornadoVM whatever its
     * memory is.
     */
    Target copying() {
        return new Target(device, handle, memory, units, compilerFlags, false, sharesCode, narrow,
                localMemory, measurements);
    }

    /** The same, with every task compiled by itself. */
    Target unshared() {
        return new Target(device, handle, memory, units, compilerFlags, hostMemory, false, narrow,
                localMemory, measurements);
    }

    boolean isPocl() {
        return isPocl(handle);
    }

    private static boolean isPocl(TornadoDevice handle) {
        return handle.getPlatformName().contains("Portable Computing Language");
    }

    private static Target of(TornadoDevice handle, int backendIndex, int deviceIndex,
            Map<TuningFile.Key, Measurements> tuned) {
        String backend = handle.getTornadoVMBackend().name().toLowerCase(Locale.ROOT);
        String kind = switch (handle.getDeviceType()) {
            case CPU -> "cpu";
            case GPU -> "gpu";
            default -> "accelerator";
        };
        // The driver's size, or what TornadoVM lets itself use of it (tornado.device.memory).
        // SPIR-V devices have no memory provider
        // of their own, but their context has one like every other's.
        long memory = Math.min(handle.getMaxGlobalMemory(),
                handle.getDeviceContext().getMemoryManager().getHeapSize());
        Device device = new Device("tornado",
                "%s:%d:%d".formatted(backend, backendIndex, deviceIndex),
                handle.getPhysicalDevice().getDeviceName().strip(), backend, kind, memory);
        boolean opencl = handle.getTornadoVMBackend() == TornadoVMBackendType.OPENCL;
        boolean pocl = opencl && isPocl(handle);
        return new Target(device, handle, DeviceMemory.of(device, handle.getMaxAllocMemory()),
                handle.getPhysicalDevice().getDeviceMaxComputeUnits(),
                pocl ? POCL_FLAGS : opencl ? OPENCL_FLAGS : "", pocl && kind.equals("cpu"),
                opencl && !kind.equals("accelerator"), kind.equals("cpu") && isNarrow(handle),
                hasLocalMemory(device, handle),
                tuned.isEmpty()
                        ? Measurements.NONE
                        : tuned.getOrDefault(key(handle), Measurements.NONE));
    }

    private static boolean hasLocalMemory(Device device, TornadoDevice handle) {
        return handle.getDeviceLocalMemorySize() > 0
                && Stream.of(System.getProperty(NO_LOCAL_MEMORY, "").split(","))
                        .noneMatch(named -> named.strip().equals(device.id())
                                || named.strip().equals(device.backend()));
    }

    /** By what OpenCL says; where there is none, or a TornadoVM that isn't known, it isn't. */
    private static boolean isNarrow(TornadoDevice handle) {
        if (handle.getTornadoVMBackend() != TornadoVMBackendType.OPENCL) {
            return false;
        }
        try {
            return OpenCl.nativeFloats(DirectLaunch.id(handle)) <= NARROW;
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            LOG.log(System.Logger.Level.DEBUG, "the width of its vectors is not known", e);
            return false;
        }
    }

    /**
     * What chooses its kernels where nothing was measured. The plain ones are all that SPIR-V has
     * for every layer, so a SPIR-V device is taken for one of which nothing is known.
     */
    DeviceClass deviceClass() {
        if (isSpirv()) {
            return DeviceClass.OTHER;
        }
        return switch (device.kind()) {
            case "cpu" -> narrow ? DeviceClass.NARROW_CPU : DeviceClass.CPU;
            case "gpu" -> localMemory ? DeviceClass.GPU : DeviceClass.GPU_WITHOUT_LOCAL;
            default -> DeviceClass.OTHER;
        };
    }

    /**
     * Whether its backend can compile a kernel at all, and it has the memory that the kernel's
     * work-items share. What it can't is never tried: the driver's compiler crashes on some.
     */
    boolean compiles(Kernel kernel) {
        return compiles(kernel, device.backend()) && (localMemory || !kernel.sharesMemory());
    }

    /** Whether TornadoVM can translate a kernel for a backend. */
    static boolean compiles(Kernel kernel, String backend) {
        boolean vectors = kernel.order() == Kernel.Order.NHWC_VECTORS;
        return switch (backend) {
            case "spirv" -> kernel.inSpirv();
            // their own vectors end at 4 numbers; nor does TornadoVM's PTX take a lane of a vector
            // that is one of two, which Float16s.activate asks for
            case "cuda", "ptx" -> !vectors;
            default -> true;
        };
    }

    private boolean isSpirv() {
        return handle.getTornadoVMBackend() == TornadoVMBackendType.SPIRV;
    }

    /** What its measurements hold for. */
    TuningFile.Key key() {
        return key(handle);
    }

    private static TuningFile.Key key(TornadoDevice handle) {
        Matcher version = DRIVER_VERSION.matcher(String.valueOf(handle.getDeviceInfo()));
        ModuleDescriptor tornado = TornadoRuntime.class.getModule().getDescriptor();
        return new TuningFile.Key(handle.getPhysicalDevice().getDeviceName().strip(),
                "%s %s %s".formatted(handle.getTornadoVMBackend().name().toLowerCase(Locale.ROOT),
                        handle.getPlatformName().strip(),
                        version.find() ? version.group(1).strip() : UNKNOWN),
                tornado == null ? UNKNOWN : tornado.rawVersion().orElse(UNKNOWN),
                Catalogue.version());
    }
}
