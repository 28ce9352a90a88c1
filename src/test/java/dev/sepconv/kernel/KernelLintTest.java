package dev.sepconv.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sepconv.kernel.conv.Kernel;
import dev.sepconv.kernel.conv.StandardConv;
import dev.sepconv.kernel.gen.GeneratedKernels;
import dev.sepconv.kernel.offenders.Offenders;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.RuntimeVisibleTypeAnnotationsAttribute;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.LocalVariable;
import java.lang.constant.DirectMethodHandleDesc;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class KernelLintTest {

    @ParameterizedTest
    @MethodSource
    void everyKernelOfTheCatalogueIsClean(Kernel kernel) {
        assertEquals(List.of(), KernelLint.check(kernel.owner(), kernel.method()));
    }

    static List<Kernel> everyKernelOfTheCatalogueIsClean() {
        return Catalogue.all();
    }

    /**
     * A kernel is given the bounds of its parallel loops; one that lost its annotation would run in
     * turn, and correctly.
     */
    @ParameterizedTest
    @MethodSource("everyKernelOfTheCatalogueIsClean")
    void everyKernelsLoopsAreParallel(Kernel kernel) {
        int loops = switch (kernel.body()) {
            case Kernel.Plain plain -> 3;
            case Kernel.Blocks blocks -> 3;
            case Kernel.Lines lines -> 1;
            case Kernel.Vectors vectors -> 2;
            case Kernel.Dense dense -> 2;
            case Kernel.Separable separable -> 2;
            case Kernel.Local local -> 0;
            case Kernel.Patches patches -> 0;
            case Kernel.SeparableLocal separable -> 0;
            case Kernel.Rows rows -> 0;
        };
        assertEquals(loops, KernelLint.parallelLoops(kernel.owner(), kernel.method()));
    }

    /**
     * The lint reads {@code owner.method}; what runs is {@code body}. They must be the same method.
     */
    @Test
    void everyKernelsBodyIsTheMethodThatItNames() {
        List<String> bodies = new ArrayList<>();
        for (MethodModel method : Stream.of(Catalogue.class, GeneratedKernels.class)
                .flatMap(list -> ClassFile.of().parse(KernelLint.classFile(list.getName()))
                        .methods().stream())
                .toList()) {
            for (var element : method.code().map(CodeModel::elementList).orElse(List.of())) {
                if (element instanceof InvokeDynamicInstruction call
                        && call.name().equalsString("apply")
                        && call.bootstrapArgs().get(1) instanceof DirectMethodHandleDesc body) {
                    bodies.add(body.owner().displayName() + "." + body.methodName());
                }
            }
        }
        assertEquals(Catalogue.all().stream()
                .map(kernel -> kernel.owner().getSimpleName() + "." + kernel.method()).toList(),
                bodies);
    }

    @Test
    void everyKernelHasANameOfItsOwnThatSaysWhatItIs() {
        assertEquals(Catalogue.all().size(),
                Catalogue.all().stream().map(Kernel::name).distinct().count());
        for (Kernel kernel : Catalogue.all()) {
            assertTrue(kernel.name().matches("[a-z]+(Nchw|Nhwc)F32(_[a-z0-9]+)?"), kernel.name());
            assertEquals(kernel.order() != Kernel.Order.NCHW, kernel.name().contains("Nhwc"),
                    kernel.name());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"good", "goodWithContext"})
    void whatAKernelMayDoIsNoFinding(String method) {
        assertEquals(List.of(), KernelLint.check(Offenders.class, method));
    }

    private static final String PLANTED = """
            notStatic                | Offenders.notStatic is not static
            sixteenParameters        | Offenders.sixteenParameters has 16 parameters; TornadoVM takes 15
            takesAList               | Offenders.takesAList has a parameter of type java.util.List; it must be a number, an array of them or a type of TornadoVM
            returnsANumber           | Offenders.returnsANumber returns int; a kernel returns nothing
            twoOfOneName             | Offenders.twoOfOneName is the name of 2 methods; a kernel's must be that of one
            notParallel              | Offenders.notParallel has no @Parallel loop in its bytecode; it would run on one work-item
            fourParallelLoops        | Offenders.fourParallelLoops has 4 @Parallel loops; TornadoVM takes 3
            parallelOnNoLoop         | Offenders.parallelOnNoLoop has @Parallel on variable 2, which no loop counts up
            parallelBesideContext    | Offenders.parallelBesideContext has both a KernelContext and @Parallel loops; it must have one or the other
            recursion                | Offenders.recursion calls itself; TornadoVM has no recursion
            recursionInCallees       | Offenders.ping calls itself; TornadoVM has no recursion
            throwing                 | Offenders.throwing throws an exception; a device has none
            catching                 | Offenders.catching catches an exception; a device has none
            throwingInACallee        | Offenders.thrower throws an exception; a device has none
            locked                   | Offenders.locked is synchronized; a device has no locks
            locking                  | Offenders.locking takes a lock; a device has none
            allocatesAnObject        | Offenders.allocatesAnObject allocates a java.util.ArrayList; only vector types of TornadoVM may be
            allocatesAFloatArray     | Offenders.allocatesAFloatArray allocates a uk.ac.manchester.tornado.api.types.arrays.FloatArray; only vector types of TornadoVM may be
            allocatesByAVariable     | Offenders.allocatesByAVariable allocates an array whose length is not a constant
            allocatesByAChoice       | Offenders.allocatesByAChoice allocates an array whose length is not a constant
            allocatesReferences      | Offenders.allocatesReferences allocates an array of uk.ac.manchester.tornado.api.types.vectors.Float8; only arrays of numbers may be
            allocatesArraysOfArrays  | Offenders.allocatesArraysOfArrays allocates an array of arrays; only arrays of numbers may be
            callsTheSystem           | Offenders.callsTheSystem calls System.nanoTime()long, which TornadoVM doesn't compile
            callsMathThatNoDeviceHas | Offenders.callsMathThatNoDeviceHas calls Math.fma(float,float,float)float, which TornadoVM doesn't compile
            callsAnArraysHostSide    | Offenders.callsAnArraysHostSide calls FloatArray.toHeapArray()float[], which TornadoVM doesn't compile
            callsAnotherPackage      | Offenders.callsAnotherPackage calls Catalogue.all()List, which TornadoVM doesn't compile
            callsAnObject            | Offenders.member is not static
            boxes                    | Offenders.boxes calls Integer.valueOf(int)Integer, which TornadoVM doesn't compile
            makesALambda             | Offenders.makesALambda makes a lambda or joins strings (applyAsInt); a device can't
            testsAType               | Offenders.testsAType tests a type (uk.ac.manchester.tornado.api.types.arrays.FloatArray); a device has no objects
            readsAField              | Offenders.readsAField uses the field Offenders.scale; only constants and parameters may be used
            """;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = PLANTED)
    void aPlantedOffenderOfEachKindIsFound(String method, String finding) {
        List<String> findings = KernelLint.check(Offenders.class, method);
        assertTrue(findings.contains(finding), () -> "found only " + findings);
    }

    @Test
    void noOffenderIsForgotten() {
        Set<String> planted = new HashSet<>();
        PLANTED.lines().forEach(line -> planted.add(line.split("\\|")[0].strip()));
        Set<String> there = new HashSet<>();
        Arrays.stream(Offenders.class.getMethods())
                .filter(method -> method.getDeclaringClass() == Offenders.class)
                .filter(method -> !method.getName().startsWith("good"))
                .forEach(method -> there.add(method.getName()));
        assertEquals(there, planted);
    }

    @Test
    void aClassCompiledWithoutDebugInformationIsFound() {
        List<String> findings = KernelLint.check(StandardConv.class.getName(), "nchw",
                name -> without(LocalVariable.class, name));
        assertTrue(
                findings.contains("StandardConv.nchw has no LocalVariableTable; compile with -g"),
                findings::toString);
    }

    @Test
    void parallelLoopsThatLostTheirAnnotationAreFound() {
        List<String> findings = KernelLint.check(StandardConv.class.getName(), "nchw",
                name -> without(RuntimeVisibleTypeAnnotationsAttribute.class, name));
        assertEquals(List.of(
                "StandardConv.nchw has no @Parallel loop in its bytecode; it would run on one work-item"),
                findings);
    }

    /** A class file whose methods have lost one kind of element. */
    private static byte[] without(Class<?> kind, String name) {
        ClassFile classFile = ClassFile.of();
        return classFile.transformClass(classFile.parse(KernelLint.classFile(name)),
                ClassTransform.transformingMethodBodies((builder, element) -> {
                    if (!kind.isInstance(element)) {
                        builder.with(element);
                    }
                }));
    }
}
