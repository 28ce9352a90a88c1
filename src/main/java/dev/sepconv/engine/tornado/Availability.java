package dev.sepconv.engine.tornado;

import dev.sepconv.EngineException;
import java.lang.module.ModuleDescriptor;
import java.util.Locale;

/**
 * Finds out whether TornadoVM can be used here, and if not, what to do about it. Nothing here is
 * typed with TornadoVM's classes: it must run where they are missing.
 */
final class Availability {

    private static final System.Logger LOG = System.getLogger(Availability.class.getName());
    private static final String API = "uk.ac.manchester.tornado.api.TornadoExecutionPlan";
    private static final String PROVIDER = "uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider";
    private static final String OPTIONS = "uk.ac.manchester.tornado.runtime.common.TornadoOptions";
    private static final String RUNTIME_PROPERTY = "tornado.load.runtime.implementation";
    private static final String BAILOUT_PROPERTY = "tornado.recover.bailout";
    /**
     * Bytes of TornadoVM's own code for a task graph; its 4096 are enough for some twenty tasks.
     */
    private static final String CODE_SIZE_PROPERTY = "tornado.tvm.maxbytecodesize";
    private static final String CODE_SIZE = "524288";
    /**
     * Whether TornadoVM translates to SPIR-V with fewer loads and stores, by default true: of our
     * kernels only a few come out valid then, and some make its process crash or hang
     * (docs/devices.md).
     */
    private static final String SPIRV_LOAD_STORE_PROPERTY = "tornado.spirv.loadstore";
    private static final String ARGFILE = "start Java with @$TORNADOVM_HOME/tornado-argfile (scripts/sepconv does)";

    /** Why the runtime didn't start: the JVM tells it only the first time. */
    private static String startFailure;

    private static boolean warnedOfSignals;

    private Availability() {
    }

    /**
     * Starts TornadoVM's runtime, with its fallback to Java off, unless it runs already.
     *
     * @throws EngineException if it can't be started; the message says what is missing and the fix
     */
    static synchronized void require() {
        String sdk = System.getenv("TORNADOVM_HOME");
        String install = sdk == null
                ? "TORNADOVM_HOME is not set: install TornadoVM's SDK, set TORNADOVM_HOME to it and "
                        + ARGFILE
                : ARGFILE;
        if (!isPresent(API)) {
            throw new EngineException("no TornadoVM in this Java process; " + install);
        }
        String version = version();
        if (isTooNew(version)) {
            throw new EngineException(
                    "this is TornadoVM %s, which sepconv doesn't work with; install 5.2.0 for JDK 25 (sdk install tornadovm 5.2.0-jdk25-opencl)"
                            .formatted(version));
        }
        String runtime = System.getProperty(RUNTIME_PROPERTY);
        if (runtime == null) {
            throw new EngineException("TornadoVM's API is here but not its runtime; " + install);
        }
        if (!isPresent(runtime)) {
            throw new EngineException(
                    "TornadoVM's runtime %s is not on the module path; %s and with no other SDK's module path"
                            .formatted(runtime, ARGFILE));
        }
        // TornadoVM reads it once, when its class TornadoOptions is initialised.
        System.setProperty(BAILOUT_PROPERTY, "false");
        if (System.getProperty(CODE_SIZE_PROPERTY) == null) {
            System.setProperty(CODE_SIZE_PROPERTY, CODE_SIZE);
        }
        if (System.getProperty(SPIRV_LOAD_STORE_PROPERTY) == null) {
            System.setProperty(SPIRV_LOAD_STORE_PROPERTY, "false");
        }
        start();
        if (bailoutIsOn()) {
            throw new EngineException(
                    "TornadoVM was started before sepconv with its silent fallback to Java on; start Java with -D"
                            + BAILOUT_PROPERTY + "=false");
        }
    }

    /** TornadoVM's, or an empty text where its API isn't a module with a version. */
    private static String version() {
        try {
            ModuleDescriptor module = Class.forName(API, false, Availability.class.getClassLoader())
                    .getModule().getDescriptor();
            return module == null ? "" : module.rawVersion().orElse("");
        } catch (ClassNotFoundException e) {
            return "";
        }
    }

    /** Whether a version is of the series that left out PTX, SPIR-V and JVMCI, or a later one. */
    static boolean isTooNew(String version) {
        return version.matches("([6-9]|\\d\\d+)\\..*");
    }

    private static boolean isPresent(String className) {
        try {
            Class.forName(className, false, Availability.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    private static void start() {
        if (startFailure != null) {
            throw new EngineException(startFailure);
        }
        // TornadoVM looks for its backends, as services, by this thread's class loader, which in
        // a task of Spark's or in a container doesn't lead to the modules Java was started with.
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try {
            Class<?> provider = Class.forName(PROVIDER, false, Availability.class.getClassLoader());
            thread.setContextClassLoader(provider.getClassLoader());
            provider.getMethod("getTornadoRuntime").invoke(null);
        } catch (ReflectiveOperationException | LinkageError | InternalError e) {
            Throwable root = e;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            startFailure = sentence(String.valueOf(root.getMessage()));
            throw new EngineException(startFailure, e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** What failed and the fix, for what TornadoVM says when it can't start. */
    static String sentence(String message) {
        if (message.contains("CUDADriver JNI Library not found") || message.contains("libcuda")
                || message.contains("libnvrtc") || message.contains("symbol: cu")) {
            return "TornadoVM's CUDA or PTX backend doesn't find NVIDIA's driver (libcuda) or run-time compiler (libnvrtc), and without them TornadoVM "
                    + "doesn't start; install NVIDIA's driver and CUDA toolkit, or use an SDK without that backend";
        }
        if (message.contains("Unsupported CUDA toolkit version")) {
            return "NVIDIA's driver is too old for TornadoVM's PTX backend (%s); install a newer driver, or use an SDK without that backend"
                    .formatted(message);
        }
        if (message.toLowerCase(Locale.ROOT).contains("device required not found")) {
            return "a backend of TornadoVM's SDK has no device that it can use: its driver reports none, or one that is of several types at once, "
                    + "such as CPU and GPU; install the device's driver, or use an SDK without that backend";
        }
        if (message.contains("No OpenCL platforms")) {
            return "TornadoVM finds no OpenCL platform; install an OpenCL driver (Debian's pocl-opencl-icd makes the CPU a device)";
        }
        if (message.contains("No SPIR-V platforms")) {
            return "TornadoVM's SPIR-V backend finds no driver that takes SPIR-V, and without one TornadoVM doesn't start; install one "
                    + "(an OpenCL driver of version 2.1 or newer with SPIR-V, or Level Zero), or use an SDK without that backend";
        }
        if (message.contains("JVMCI is not enabled")) {
            return "TornadoVM can't use this Java's compiler interface, JVMCI, which is off; "
                    + ARGFILE;
        }
        if (message.contains("tornado-levelzero") || message.contains("libze_loader")) {
            return "TornadoVM's SPIR-V backend finds no Level Zero; install it, or start Java with -Dtornado.spirv.runtimes=opencl";
        }
        return "TornadoVM's runtime does not start (%s); check that TORNADOVM_HOME is an SDK for this JDK and its driver is installed"
                .formatted(message);
    }

    /**
     * Warns, the first time, where PoCL's compiler may put Java's signal handlers out of place,
     * which can end the process.
     *
     * @param pocl whether one of the devices is PoCL's
     */
    static synchronized void warnOfSignals(boolean pocl) {
        if (!warnedOfSignals && pocl && TornadoEngine.signalsAreExposed()) {
            warnedOfSignals = true;
            LOG.log(System.Logger.Level.WARNING,
                    "PoCL''s compiler takes Java''s signal handlers for moments, which can end the process; start Java with the environment variable LD_PRELOAD={0}/lib/libjsig.so",
                    System.getProperty("java.home"));
        }
    }

    /** Whether nothing keeps Java's handlers first: libjsig is for Linux, and preloaded. */
    static boolean signalsAreExposed(String system, String preload) {
        return system.equals("Linux") && !preload.contains("libjsig");
    }

    private static boolean bailoutIsOn() {
        try {
            return Class.forName(OPTIONS, true, Availability.class.getClassLoader())
                    .getField("RECOVER_BAILOUT").getBoolean(null);
        } catch (ReflectiveOperationException e) {
            throw new EngineException("this TornadoVM has no option " + BAILOUT_PROPERTY
                    + " that can be checked; use version 5.2", e);
        }
    }
}
