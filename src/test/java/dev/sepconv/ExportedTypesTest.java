package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.module.ModuleDescriptor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The API, type by type: what module-info exports is what programs may rely on. */
class ExportedTypesTest {

    private static final Set<String> API = Set.of("dev.sepconv.Activation",
            "dev.sepconv.ChannelShuffle", "dev.sepconv.Conv2d", "dev.sepconv.ConvStack",
            "dev.sepconv.ConvWeights", "dev.sepconv.Device", "dev.sepconv.Dims",
            "dev.sepconv.Engine", "dev.sepconv.EngineException", "dev.sepconv.Fusion",
            "dev.sepconv.GroupedSeparableConv2d", "dev.sepconv.InputSizes", "dev.sepconv.Layer",
            "dev.sepconv.Layout", "dev.sepconv.Model", "dev.sepconv.NdArray", "dev.sepconv.Network",
            "dev.sepconv.NetworkPlan", "dev.sepconv.Node", "dev.sepconv.Op",
            "dev.sepconv.OpenSizeException", "dev.sepconv.OutOfMemoryException",
            "dev.sepconv.Padding", "dev.sepconv.Plan", "dev.sepconv.PlanCache",
            "dev.sepconv.PlanPool", "dev.sepconv.Profile", "dev.sepconv.SeparableConv2d",
            "dev.sepconv.Sepconv", "dev.sepconv.Shape", "dev.sepconv.Tensor",
            "dev.sepconv.picture.Channels", "dev.sepconv.picture.ClassScore",
            "dev.sepconv.picture.Ctc", "dev.sepconv.picture.Fit", "dev.sepconv.picture.InputSize",
            "dev.sepconv.picture.Labels", "dev.sepconv.picture.ModelCard",
            "dev.sepconv.picture.Preparation", "dev.sepconv.picture.TopK");

    private static final Path MODULE = Path.of("target/classes/module-info.class");

    @TempDir
    Path folder;

    /** Who adds a type to an exported package adds a promise: it must be meant. */
    @Test
    void theseTypesAreExportedAndNoOthers() throws IOException {
        assertEquals(String.join("\n", new TreeSet<>(API)),
                exported().stream().sorted().collect(Collectors.joining("\n")));
    }

    /** Else a program could get something that it can't name. */
    @Test
    void noExportedMemberHasAnInternalType() throws Exception {
        List<String> wrong = new ArrayList<>();
        for (String name : exported()) {
            visit(Class.forName(name), wrong);
        }
        assertEquals(List.of(), wrong);
    }

    /** That the check above sees one. */
    @Test
    void anInternalTypeOfAMemberIsNoticed() {
        List<String> wrong = new ArrayList<>();
        visit(dev.sepconv.engine.Engines.class, wrong);
        assertTrue(wrong.toString().contains("Engines.choose"), wrong.toString());
    }

    /** The pages of the API show the same packages as the module. */
    @Test
    void theJavadocIsOfTheExportedPackages() throws IOException {
        String pom = Files.readString(Path.of("pom.xml"));
        Set<String> wanted = packages().stream().map(name -> name.replace('.', '/') + "/*.java")
                .collect(Collectors.toCollection(TreeSet::new));
        String includes = pom.replaceAll("(?s).*<sourceFileIncludes>(.*)</sourceFileIncludes>.*",
                "$1");
        assertEquals(wanted,
                Stream.of(includes.replaceAll("(?s)\\s*</?include>\\s*", " ").strip().split(" +"))
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    /** On the module path, from a module of its own, as the README's program does it. */
    @Test
    void aModuleRunsOnItAndSeesNothingInternal() throws Exception {
        String module = "module example { requires dev.sepconv; }";
        String program = """
                package example;

                import dev.sepconv.*;

                class Main {
                    public static void main(String[] args) {
                        Op.Convolve layer = Conv2d.of(1, 1, 1).withWeights(ConvWeights.of(3));
                        try (Sepconv sepconv = Sepconv.open("plain");
                                Plan plan = sepconv.compile(layer, Shape.of(1, 1, 1))) {
                            System.out.println(plan.run(Tensor.of(Shape.of(1, 1, 1), Layout.NCHW, 2)).data()[0]);
                        }
                    }
                }
                """;
        assertEquals("", compile(module, program));
        Process java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--module-path",
                modulePath() + ":" + folder.resolve("out"), "-m", "example/example.Main")
                .redirectErrorStream(true).start();
        assertEquals("6.0\n",
                new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        assertEquals(0, java.waitFor());
        String refused = compile(module,
                program.replace("Sepconv.open(\"plain\")", "dev.sepconv.engine.Engines.best()"));
        assertTrue(refused.contains("package dev.sepconv.engine is not visible"), refused);
    }

    private static String modulePath() throws IOException {
        return LibraryArtifact.classPath(Path.of("target/classes"));
    }

    /** What javac says of it; nothing if it compiles. */
    private String compile(String module, String program) throws IOException {
        Path source = Files.createDirectories(folder.resolve("example"));
        Files.writeString(folder.resolve("module-info.java"), module);
        Files.writeString(source.resolve("Main.java"), program);
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
        int code = ToolProvider.findFirst("javac").orElseThrow().run(out, out, "--module-path",
                modulePath(), "-d", folder.resolve("out").toString(),
                folder.resolve("module-info.java").toString(),
                source.resolve("Main.java").toString());
        return code == 0 ? "" : said.toString(StandardCharsets.UTF_8);
    }

    private static Set<String> packages() throws IOException {
        try (InputStream in = Files.newInputStream(MODULE)) {
            return ModuleDescriptor.read(in).exports().stream()
                    .map(ModuleDescriptor.Exports::source).collect(Collectors.toSet());
        }
    }

    private static Set<String> exported() throws IOException {
        Set<String> packages = packages();
        return new ClassFileImporter().importPath(Path.of("target/classes/dev/sepconv")).stream()
                .filter(each -> packages.contains(each.getPackageName()) && each.isTopLevelClass()
                        && each.getModifiers().contains(JavaModifier.PUBLIC)
                        && !each.getSimpleName().equals("package-info"))
                .map(JavaClass::getName).collect(Collectors.toSet());
    }

    private static void visit(Class<?> type, List<String> wrong) {
        for (Method method : type.getDeclaredMethods()) {
            find(method, wrong, method.getGenericReturnType());
        }
        List<Executable> all = new ArrayList<>(List.of(type.getDeclaredConstructors()));
        all.addAll(List.of(type.getDeclaredMethods()));
        for (Executable each : all) {
            find(each, wrong, each.getGenericParameterTypes());
            find(each, wrong, each.getExceptionTypes());
        }
        for (Field field : type.getDeclaredFields()) {
            if (isSeen(field.getModifiers()) && isInternal(field.getGenericType())) {
                wrong.add(type.getSimpleName() + "." + field.getName());
            }
        }
        for (Class<?> inner : type.getDeclaredClasses()) {
            if (isSeen(inner.getModifiers())) {
                visit(inner, wrong);
            }
        }
    }

    private static void find(Executable member, List<String> wrong, Type... types) {
        if (isSeen(member.getModifiers()) && !member.isSynthetic()
                && Arrays.stream(types).anyMatch(ExportedTypesTest::isInternal)) {
            wrong.add(member.getDeclaringClass().getSimpleName() + "." + member.getName());
        }
    }

    private static boolean isSeen(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    private static boolean isInternal(Type type) {
        if (type instanceof Class<?> plain) {
            return plain.isArray()
                    ? isInternal(plain.getComponentType())
                    : plain.getName().startsWith("dev.sepconv")
                            && !API.contains(outermost(plain).getName());
        }
        if (type instanceof ParameterizedType parameterized) {
            return isInternal(parameterized.getRawType())
                    || Arrays.stream(parameterized.getActualTypeArguments())
                            .anyMatch(ExportedTypesTest::isInternal);
        }
        return type instanceof GenericArrayType array
                && isInternal(array.getGenericComponentType());
    }

    private static Class<?> outermost(Class<?> type) {
        return type.getEnclosingClass() == null ? type : outermost(type.getEnclosingClass());
    }
}
