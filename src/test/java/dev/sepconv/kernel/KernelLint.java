package dev.sepconv.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.Annotation;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.Instruction;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeAnnotation;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.IncrementInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.classfile.instruction.NewMultiArrayInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.classfile.instruction.NewPrimitiveArrayInstruction;
import java.lang.classfile.instruction.NewReferenceArrayInstruction;
import java.lang.classfile.instruction.ThrowInstruction;
import java.lang.classfile.instruction.TypeCheckInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Reads a kernel's bytecode, and that of the methods it calls, for what TornadoVM (5.2.0) can't
 * compile or wouldn't run in parallel. It needs no SDK. What may be called is what the OpenCL, PTX,
 * CUDA and SPIR-V graph builders of TornadoVM all know.
 */
final class KernelLint {

    private static final int MOST_PARAMETERS = 15;
    private static final int MOST_PARALLEL_LOOPS = 3;

    private static final String API = "uk.ac.manchester.tornado.api.";
    private static final String PARALLEL = API + "annotations.Parallel";
    private static final String CONTEXT = API + "KernelContext";

    private static final Set<String> ARRAY_METHODS = Set.of("get", "set", "getSize", "getArray");
    private static final Set<String> CONTEXT_METHODS = Set.of("localBarrier", "globalBarrier",
            "atomicAdd", "allocateIntLocalArray", "allocateLongLocalArray",
            "allocateFloatLocalArray", "allocateDoubleLocalArray", "allocateByteLocalArray");
    // Not tanh, of which the PTX backend makes an instruction that is off by up to 5e-4.
    private static final Set<String> TORNADO_MATH = Set.of("abs", "asin", "atan", "atan2", "ceil",
            "clamp", "cos", "cospi", "exp", "floor", "log", "max", "min", "pow", "sin", "sinpi",
            "sqrt", "tan", "toRadians");
    private static final Set<String> JAVA_MATH = Set.of("abs", "max", "min", "asin", "atan",
            "atan2", "cos", "exp", "log", "pow", "sin", "tan");

    private static final String HELPERS = "dev.sepconv.kernel.conv";

    private final Function<String, byte[]> classFiles;
    private final String kernelPackage;
    private final List<String> findings = new ArrayList<>();
    private final Set<String> done = new HashSet<>();
    private final Deque<String> callers = new ArrayDeque<>();

    private KernelLint(Function<String, byte[]> classFiles, String kernelPackage) {
        this.classFiles = classFiles;
        this.kernelPackage = kernelPackage;
    }

    /**
     * What is wrong with a kernel, one sentence each that begins with the method; empty if nothing
     * is.
     *
     * @param owner the class that has the method; other static methods of its package, and those of
     * {@code kernel.conv}, may be called
     * @param method the kernel's name
     */
    static List<String> check(Class<?> owner, String method) {
        return check(owner.getName(), method, KernelLint::classFile);
    }

    /**
     * {@link #check(Class, String)} on class files from elsewhere: a function from a class's name
     * to its bytes.
     */
    static List<String> check(String owner, String method, Function<String, byte[]> classFiles) {
        KernelLint lint = new KernelLint(classFiles, owner.substring(0, owner.lastIndexOf('.')));
        List<MethodModel> named = lint.methods(owner)
                .filter(m -> m.methodName().equalsString(method)).toList();
        String name = simple(owner) + "." + method;
        if (named.size() != 1) {
            return List.of("%s is the name of %d methods; a kernel's must be that of one"
                    .formatted(name, named.size()));
        }
        lint.kernel(name, named.getFirst());
        lint.body(owner, named.getFirst());
        return List.copyOf(lint.findings);
    }

    /** A class file as the class path has it. */
    static byte[] classFile(String name) {
        try (InputStream in = KernelLint.class.getClassLoader()
                .getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new IllegalArgumentException(
                        "class is %s; it must be on the class path".formatted(name));
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Stream<MethodModel> methods(String owner) {
        ClassModel model = ClassFile.of().parse(classFiles.apply(owner));
        return model.methods().stream();
    }

    private void find(String method, String what, Object... arguments) {
        findings.add(method + " " + what.formatted(arguments));
    }

    // What is asked of the kernel alone: how it is declared and its parallel loops.

    private void kernel(String name, MethodModel method) {
        MethodTypeDesc type = method.methodTypeSymbol();
        if (type.parameterCount() > MOST_PARAMETERS) {
            find(name, "has %d parameters; TornadoVM takes %d", type.parameterCount(),
                    MOST_PARAMETERS);
        }
        boolean context = false;
        for (ClassDesc parameter : type.parameterList()) {
            context |= named(parameter).equals(CONTEXT);
            if (!isDeviceType(parameter)) {
                find(name,
                        "has a parameter of type %s; it must be a number, an array of them or a type of TornadoVM",
                        named(parameter));
            }
        }
        if (!type.returnType().descriptorString().equals("V")) {
            find(name, "returns %s; a kernel returns nothing", named(type.returnType()));
        }
        CodeModel code = method.code().orElse(null);
        if (code != null) {
            parallelLoops(name, (CodeAttribute) code, context);
        }
    }

    private void parallelLoops(String name, CodeAttribute code, boolean context) {
        List<TypeAnnotation.LocalVarTarget> loops = parallelVariables(code);
        for (TypeAnnotation.LocalVarTarget loop : loops) {
            for (TypeAnnotation.LocalVarTargetInfo range : loop.table()) {
                if (!isLoopVariable(code, range)) {
                    find(name, "has @Parallel on variable %d, which no loop counts up",
                            range.index());
                }
            }
        }
        if (context && !loops.isEmpty()) {
            find(name,
                    "has both a KernelContext and @Parallel loops; it must have one or the other");
        } else if (!context && loops.isEmpty()) {
            find(name, "has no @Parallel loop in its bytecode; it would run on one work-item");
        } else if (loops.size() > MOST_PARALLEL_LOOPS) {
            find(name, "has %d @Parallel loops; TornadoVM takes %d", loops.size(),
                    MOST_PARALLEL_LOOPS);
        }
    }

    /** How many local variables of a kernel carry {@code @Parallel} in its bytecode. */
    static int parallelLoops(Class<?> owner, String method) {
        return ClassFile.of().parse(classFile(owner.getName())).methods().stream()
                .filter(m -> m.methodName().equalsString(method)).flatMap(m -> m.code().stream())
                .mapToInt(code -> parallelVariables((CodeAttribute) code).size()).sum();
    }

    private static List<TypeAnnotation.LocalVarTarget> parallelVariables(CodeAttribute code) {
        return code.findAttribute(Attributes.runtimeVisibleTypeAnnotations()).stream()
                .flatMap(found -> found.annotations().stream())
                .filter(found -> isParallel(found.annotation())).map(TypeAnnotation::targetInfo)
                .filter(TypeAnnotation.LocalVarTarget.class::isInstance)
                .map(TypeAnnotation.LocalVarTarget.class::cast).toList();
    }

    private static boolean isParallel(Annotation annotation) {
        return named(annotation.classSymbol()).equals(PARALLEL);
    }

    /** Whether the variable is incremented, and jumped back after, where it lives. */
    private static boolean isLoopVariable(CodeAttribute code,
            TypeAnnotation.LocalVarTargetInfo range) {
        int start = code.labelToBci(range.startLabel());
        int end = code.labelToBci(range.endLabel());
        int at = 0;
        boolean counted = false;
        boolean repeated = false;
        for (CodeElement element : code) {
            if (element instanceof Instruction instruction) {
                boolean inside = at >= start && at < end;
                counted |= inside && instruction instanceof IncrementInstruction increment
                        && increment.slot() == range.index();
                repeated |= inside && counted && instruction instanceof BranchInstruction branch
                        && bci(code, branch.target()) <= at;
                at += instruction.sizeInBytes();
            }
        }
        return counted && repeated;
    }

    private static int bci(CodeAttribute code, Label label) {
        return code.labelToBci(label);
    }

    // What is asked of the kernel and of everything that it calls.

    private void body(String owner, MethodModel method) {
        String name = simple(owner) + "." + method.methodName().stringValue();
        String signature = name + method.methodType().stringValue();
        if (callers.contains(signature)) {
            find(name, "calls itself; TornadoVM has no recursion");
            return;
        }
        if (!done.add(signature)) {
            return;
        }
        if (!method.flags().has(AccessFlag.STATIC)) {
            find(name, "is not static");
        }
        if (method.flags().has(AccessFlag.SYNCHRONIZED)) {
            find(name, "is synchronized; a device has no locks");
        }
        CodeAttribute code = (CodeAttribute) method.code().orElse(null);
        if (code == null) {
            find(name, "has no bytecode");
            return;
        }
        if (code.maxLocals() > 0 && code.findAttribute(Attributes.localVariableTable()).isEmpty()) {
            find(name, "has no LocalVariableTable; compile with -g");
        }
        if (!code.exceptionHandlers().isEmpty()) {
            find(name, "catches an exception; a device has none");
        }
        callers.push(signature);
        CodeElement before = null;
        for (CodeElement element : code) {
            if (element instanceof Instruction instruction) {
                instruction(name, instruction, before);
            }
            if (element instanceof Instruction || element instanceof LabelTarget) {
                // a jump may lead to a label, so what stands before it is not all that comes before
                before = element;
            }
        }
        callers.pop();
    }

    private void instruction(String name, Instruction instruction, CodeElement before) {
        switch (instruction) {
            case ThrowInstruction thrown -> find(name, "throws an exception; a device has none");
            case MonitorInstruction lock -> find(name, "takes a lock; a device has none");
            case InvokeDynamicInstruction call ->
                find(name, "makes a lambda or joins strings (%s); a device can't",
                        call.name().stringValue());
            case TypeCheckInstruction check -> {
                if (check.opcode() == Opcode.INSTANCEOF) {
                    find(name, "tests a type (%s); a device has no objects",
                            named(check.type().asSymbol()));
                }
            }
            case NewObjectInstruction made -> {
                if (!isVectorType(made.className().asSymbol())) {
                    find(name, "allocates a %s; only vector types of TornadoVM may be",
                            named(made.className().asSymbol()));
                }
            }
            case NewPrimitiveArrayInstruction made -> {
                if (!(before instanceof ConstantInstruction)) {
                    find(name, "allocates an array whose length is not a constant");
                }
            }
            case NewReferenceArrayInstruction made ->
                find(name, "allocates an array of %s; only arrays of numbers may be",
                        named(made.componentType().asSymbol()));
            case NewMultiArrayInstruction made ->
                find(name, "allocates an array of arrays; only arrays of numbers may be");
            case FieldInstruction field -> field(name, field);
            case InvokeInstruction call -> call(name, call);
            default -> {
            }
        }
    }

    private void field(String name, FieldInstruction field) {
        String owner = named(field.owner().asSymbol());
        if (field.opcode() == Opcode.GETFIELD && owner.equals(CONTEXT)) {
            return;
        }
        find(name, "uses the field %s.%s; only constants and parameters may be used", simple(owner),
                field.name().stringValue());
    }

    private void call(String name, InvokeInstruction call) {
        ClassDesc owner = call.owner().asSymbol();
        String ownerName = named(owner);
        String method = call.name().stringValue();
        MethodTypeDesc type = call.typeSymbol();
        String ownerPackage = ownerName.substring(0, Math.max(ownerName.lastIndexOf('.'), 0));
        if (ownerPackage.equals(kernelPackage) || ownerPackage.equals(HELPERS)) {
            methods(ownerName)
                    .filter(callee -> callee.methodName().equalsString(method)
                            && callee.methodType().equalsString(type.descriptorString()))
                    .forEach(callee -> body(ownerName, callee));
        } else if (!compiles(ownerName, method, type)) {
            find(name, "calls %s.%s%s, which TornadoVM doesn't compile", simple(ownerName), method,
                    type.displayDescriptor());
        }
    }

    private static boolean compiles(String owner, String method, MethodTypeDesc type) {
        boolean numbersAndVectors = Stream
                .concat(type.parameterList().stream(), Stream.of(type.returnType()))
                .allMatch(KernelLint::isDeviceType);
        return numbersAndVectors && switch (owner) {
            case API + "math.TornadoMath" -> TORNADO_MATH.contains(method);
            case "java.lang.Math" -> JAVA_MATH.contains(method);
            // KernelContext's ids are Integers
            case "java.lang.Integer" -> method.equals("bitCount") || method.equals("intValue");
            case "java.lang.Long" -> method.equals("bitCount");
            case CONTEXT -> CONTEXT_METHODS.contains(method);
            default -> owner.startsWith(API + "types.arrays.")
                    || owner.startsWith(API + "types.collections.")
                            ? ARRAY_METHODS.contains(method) || method.equals("size")
                                    || method.equals("getLength")
                            : owner.startsWith(API + "types.vectors.")
                                    || owner.equals(API + "types.HalfFloat");
        };
    }

    private static boolean isDeviceType(ClassDesc type) {
        return type.isPrimitive() || type.isArray() && type.componentType().isPrimitive()
                || isVectorType(type) || named(type).startsWith(API + "types.arrays.")
                || named(type).startsWith(API + "types.collections.")
                || named(type).equals(CONTEXT);
    }

    private static boolean isVectorType(ClassDesc type) {
        return named(type).startsWith(API + "types.vectors.")
                || named(type).equals(API + "types.HalfFloat");
    }

    private static String named(ClassDesc type) {
        return type.isClassOrInterface()
                ? type.descriptorString().substring(1).replace(";", "").replace('/', '.')
                : type.displayName();
    }

    private static String simple(String className) {
        return className.substring(className.lastIndexOf('.') + 1);
    }
}
