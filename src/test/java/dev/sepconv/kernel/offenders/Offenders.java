package dev.sepconv.kernel.offenders;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat8;
import uk.ac.manchester.tornado.api.types.vectors.Float8;

/** Each method is like a kernel but for the fault that its name says; the first ones have none. */
@SuppressWarnings({"unused", "StringOperationCanBeSimplified"})
public final class Offenders {

    private static float scale = 2;
    private float member = 3;

    private Offenders() {
    }

    // Faultless: everything that a kernel may do.

    public static void good(FloatArray a, VectorFloat8 v, float[] plain, int size) {
        float[] tile = new float[16];
        for (@Parallel int i = 0; i < size; i++) {
            Float8 sum = new Float8();
            sum = Float8.add(sum, Float8.mult(v.get(i), 2f));
            v.set(i, sum);
            tile[i % 16] = TornadoMath.exp(a.get(i)) + Math.max(a.get(i), plain[0])
                    + half(a.getSize());
            a.set(i, tile[i % 16]);
        }
    }

    public static void goodWithContext(KernelContext context, FloatArray a) {
        int i = context.globalIdx;
        float[] tile = context.allocateFloatLocalArray(64);
        tile[context.localIdx] = a.get(i);
        context.localBarrier();
        a.set(i, tile[0]);
    }

    private static float half(int x) {
        return x / 2f;
    }

    // How it is declared.

    public void notStatic(FloatArray a, int size) {
        for (@Parallel int i = 0; i < size; i++) {
            a.set(i, 1);
        }
    }

    public static void sixteenParameters(FloatArray a, int b, int c, int d, int e, int f, int g,
            int h, int j, int k, int l, int m, int n, int o, int p, int q) {
        for (@Parallel int i = 0; i < b; i++) {
            a.set(i, 1);
        }
    }

    public static void takesAList(List<Float> list, FloatArray a, int size) {
        for (@Parallel int i = 0; i < size; i++) {
            a.set(i, 1);
        }
    }

    public static int returnsANumber(FloatArray a, int size) {
        for (@Parallel int i = 0; i < size; i++) {
            a.set(i, 1);
        }
        return size;
    }

    public static void twoOfOneName(FloatArray a, int size) {
        for (@Parallel int i = 0; i < size; i++) {
            a.set(i, 1);
        }
    }

    public static void twoOfOneName(FloatArray a) {
        twoOfOneName(a, 1);
    }

    // Its parallel loops.

    public static void notParallel(FloatArray a, int size) {
        for (int i = 0; i < size; i++) {
            a.set(i, 1);
        }
    }

    public static void fourParallelLoops(FloatArray a, int size) {
        for (@Parallel int i = 0; i < size; i++) {
            for (@Parallel int j = 0; j < size; j++) {
                for (@Parallel int k = 0; k < size; k++) {
                    for (@Parallel int l = 0; l < size; l++) {
                        a.set(i + j + k + l, 1);
                    }
                }
            }
        }
    }

    public static void parallelOnNoLoop(FloatArray a, int size) {
        @Parallel
        int first = size / 2;
        for (int i = first; i < size; i++) {
            a.set(i, 1);
        }
    }

    public static void parallelBesideContext(KernelContext context, FloatArray a, int size) {
        for (@Parallel int i = 0; i < size; i++) {
            a.set(i, 1);
        }
    }

    // Recursion.

    public static void recursion(FloatArray a, int size) {
        for (@Parallel int i = 0; i < size; i++) {
            a.set(i, 1);
        }
        recursion(a, size - 1);
    }

    public static void recursionInCallees(FloatArray a, int size) {
        for (@Parallel int i = 0; i < size; i++) {
            a.set(i, ping(i));
        }
    }

    private static int ping(int i) {
        return i > 0 ? pong(i - 1) : 0;
    }

    private static int pong(int i) {
        return i > 0 ? ping(i - 1) : 1;
    }

    // Exceptions and locks.

    public static void throwing(FloatArray a, int size) {
        for (@Parallel int i = 0; i < size; i++) {
            if (i > 1000) {
                throw null;
            }
            a.set(i, 1);
        }
    }

    public static void catching(FloatArray a, int size) {
        for (@Parallel int i = 0; i < size; i++) {
            try {
                a.set(i, 1 / i);
            } catch (ArithmeticException e) {
                a.set(i, 0);
            }
        }
    }

    public static void throwingInACallee(FloatArray a, int size) {
        for (@Parallel int i = 0; i < size; i++) {
            a.set(i, thrower(i));
        }
    }

    private static int thrower(int i) {
        if (i < 0) {
            throw null;
        }
        return i;
    }

    public static synchronized void locked(FloatArray a, int size) {
        for (@Parallel int i = 0; i < size; i++) {
            a.set(i, 1);
        }
    }

    public static void locking(FloatArray a, int size) {
        for (@Parallel int i = 0; i < size; i++) {
            synchronized (a) {
                a.set(i, 1);
            }
        }
    }

    // Allocation.

    public static void allocatesAnObject(FloatArray a, int size) {
        for (@Parallel int i = 0; i < size; i++) {
            a.set(i, new ArrayList<Float>(3).size());
        }
    }

    public static void allocatesAFloatArray(FloatArray a, int size) {
        FloatArray other = new FloatArray(8);
        for (@Parallel int i = 0; i < size; i++) {
            a.set(i, other.get(0));
        }
    }

    public static void allocatesByAVariable(FloatArray a, int size) {
        float[] tile = new float[size];
        for (@Parallel int i = 0; i < size; i++) {
            a.set(i, tile[i]);
        }
    }

    public static void allocatesByAChoice(FloatArray a, int size) {
        float[] tile = new float[size > 7 ? size : 8];
        for (@Parallel int i = 0; i < size; i++) {
            a.set(i, tile[i]);
        }
    }

    public static void allocatesReferences(FloatArray a, int size) {
        Float8[] tile = new Float8[4];
        for (@Parallel int i = 0; i < size; i++) {
            a.set(i, tile.length);
        }
    }

    public static void allocatesArraysOfArrays(FloatArray a, int size) {
        float[][] tile = new float[4][4];
        for (@Parallel int i = 0; i < size; i++) {
            a.set(i, tile[0][1]);
        }
    }

    // Calls, fields, types.

    public static void callsTheSystem(FloatArray a, int size) {
        for (@Parallel int i = 0; i < size; i++) {
            a.set(i, System.nanoTime());
        }
    }

    public static void callsMathThatNoDeviceHas(FloatArray a, int size) {
        for (@Parallel int i = 0; i < size; i++) {
            a.set(i, Math.fma(a.get(i), 2f, 3f));
        }
    }

    public static void callsAnArraysHostSide(FloatArray a, int size) {
        for (@Parallel int i = 0; i < size; i++) {
            a.set(i, a.toHeapArray()[i]);
        }
    }

    public static void callsAnotherPackage(FloatArray a, int size) {
        for (@Parallel int i = 0; i < size; i++) {
            a.set(i, dev.sepconv.kernel.Catalogue.all().size());
        }
    }

    public static void callsAnObject(FloatArray a, int size) {
        for (@Parallel int i = 0; i < size; i++) {
            new Offenders().member(a, i);
        }
    }

    private void member(FloatArray a, int i) {
        a.set(i, 1);
    }

    public static void boxes(FloatArray a, int size) {
        for (@Parallel int i = 0; i < size; i++) {
            Integer boxed = i;
            a.set(boxed, 1);
        }
    }

    public static void makesALambda(FloatArray a, int size) {
        IntUnaryOperator twice = x -> 2 * x;
        for (@Parallel int i = 0; i < size; i++) {
            a.set(i, 1);
        }
    }

    public static void testsAType(FloatArray a, int size) {
        for (@Parallel int i = 0; i < size; i++) {
            Object object = a;
            a.set(i, object instanceof FloatArray ? 1 : 0);
        }
    }

    public static void readsAField(FloatArray a, int size) {
        for (@Parallel int i = 0; i < size; i++) {
            a.set(i, scale);
        }
    }
}
