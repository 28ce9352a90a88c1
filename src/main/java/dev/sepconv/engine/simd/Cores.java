package dev.sepconv.engine.simd;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * On which cores Linux may run a thread, so that a sleeper isn't woken on the core of the one that
 * wakes it. There it would wait milliseconds for the other's turn to end: a virtual machine of KVM
 * takes a core that has nothing to do for one that the host has taken away, and so doesn't choose
 * it.
 *
 * <p>
 * Only where Java may call native functions without a warning ({@code --enable-native-access}), and
 * the thread may run on more cores than one.
 */
final class Cores {

    /** Of glibc's {@code cpu_set_t}: a bit a core. */
    private static final int MASK_BYTES = 128;

    private final int thread;
    /** Where the thread might run before. */
    private final byte[] all = new byte[MASK_BYTES];
    private final MemorySegment mask = Arena.ofAuto().allocate(MASK_BYTES, Long.BYTES);
    private int avoided = -1;

    /** The functions; linked when the first thread asks. */
    private static final class Linux {

        static final MethodHandle THREAD = function("gettid");
        static final MethodHandle CORE = function("sched_getcpu");
        static final MethodHandle GET = function("sched_getaffinity", JAVA_INT, JAVA_LONG, ADDRESS);
        static final MethodHandle SET = function("sched_setaffinity", JAVA_INT, JAVA_LONG, ADDRESS);

        private static MethodHandle function(String name, MemoryLayout... arguments) {
            Linker linker = Linker.nativeLinker();
            return linker.defaultLookup().find(name).map(address -> linker.downcallHandle(address,
                    FunctionDescriptor.of(JAVA_INT, arguments))).orElse(null);
        }

        static boolean isThere() {
            return THREAD != null && CORE != null && GET != null && SET != null;
        }
    }

    private Cores(int thread) {
        this.thread = thread;
    }

    /** Those of the thread that asks; none where they can't be chosen. */
    static Optional<Cores> ofThisThread() {
        if (!System.getProperty("os.name").equals("Linux")
                || !Cores.class.getModule().isNativeAccessEnabled() || !Linux.isThere()) {
            return Optional.empty();
        }
        try {
            Cores cores = new Cores((int) Linux.THREAD.invokeExact());
            int read = (int) Linux.GET.invokeExact(cores.thread, (long) MASK_BYTES, cores.mask);
            MemorySegment.copy(cores.mask, JAVA_BYTE, 0, cores.all, 0, MASK_BYTES);
            return read < 0 || cores.count() < 2 ? Optional.empty() : Optional.of(cores);
        } catch (Throwable e) {
            throw new IllegalStateException("Linux's functions for threads can't be called", e);
        }
    }

    private int count() {
        int count = 0;
        for (byte some : all) {
            count += Integer.bitCount(some & 0xff);
        }
        return count;
    }

    /**
     * Lets the thread run on all its cores but the one where the caller runs. Callers come one
     * after the other.
     */
    void avoidCallers() {
        try {
            int core = (int) Linux.CORE.invokeExact();
            if (core == avoided || core < 0 || core >= MASK_BYTES * Byte.SIZE) {
                return;
            }
            MemorySegment.copy(all, 0, mask, JAVA_BYTE, 0, MASK_BYTES);
            int at = core / Byte.SIZE;
            mask.set(JAVA_BYTE, at, (byte) (all[at] & ~(1 << core % Byte.SIZE)));
            // refused where its cores were changed from outside: then it runs where it may
            int status = (int) Linux.SET.invokeExact(thread, (long) MASK_BYTES, mask);
            avoided = status == 0 ? core : -1;
        } catch (Throwable e) {
            throw new IllegalStateException("Linux's functions for threads can't be called", e);
        }
    }
}
