package dev.sepconv;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import dev.sepconv.engine.Batches;
import dev.sepconv.engine.DeviceShare;
import dev.sepconv.engine.DeviceSplit;
import dev.sepconv.engine.EngineDevice;
import dev.sepconv.engine.Engines;
import dev.sepconv.engine.SplitAxis;
import dev.sepconv.engine.SplitEngine;
import dev.sepconv.engine.tuning.Measurements;
import dev.sepconv.engine.tuning.TuningFile;
import dev.sepconv.kernel.conv.Geometry;
import dev.sepconv.kernel.conv.Kernel;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Who may know whom. docs/architecture.md draws it. */
class ArchitectureTest {

    private static final String OURS = "dev.sepconv..";
    private static final String TORNADOVM = "uk.ac.manchester..";

    static {
        // Names are enough for these rules; reading the JDK's classes too takes seconds.
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
    }

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("dev.sepconv");

    @Test
    void kernelsKnowNothingOfOurs() {
        noClasses().that().resideInAPackage("dev.sepconv.kernel..").should()
                .dependOnClassesThat(
                        resideInAPackage(OURS).and(not(resideInAPackage("dev.sepconv.kernel.."))))
                .check(CLASSES);
    }

    /** Engines and tools have them by the catalogue, and by calls. */
    @Test
    void loopsAndWhatTheyCallAreKnownToKernelsAlone() {
        noClasses().that().resideOutsideOfPackage("dev.sepconv.kernel..").should()
                .dependOnClassesThat(resideInAnyPackage("dev.sepconv.kernel.*..")
                        .and(not(belongToAnyOf(Kernel.class, Geometry.class))))
                .check(CLASSES);
    }

    @Test
    void onlyKernelsAndTheirEngineTouchTornadoVM() {
        noClasses().that()
                .resideOutsideOfPackages("dev.sepconv.kernel..", "dev.sepconv.engine.tornado..")
                .should().dependOnClassesThat().resideInAPackage(TORNADOVM).check(CLASSES);
    }

    /** Test classes (the lint's offenders) do touch it, so the rule would notice. */
    @Test
    void theRuleOnTornadoVMNoticesAnOffender() {
        JavaClasses withTests = new ClassFileImporter()
                .importPackages("dev.sepconv.kernel.offenders");
        ArchRule rule = noClasses().should().dependOnClassesThat().resideInAPackage(TORNADOVM);
        assertTrue(assertThrows(AssertionError.class, () -> rule.check(withTests)).getMessage()
                .contains("Offenders"));
    }

    /**
     * They choose an engine, make batches, and say what several devices share and what tuning
     * remembers.
     */
    @Test
    void theCommandLineAndReportsSeeNoEnginesInsides() {
        noClasses().that().resideInAnyPackage("dev.sepconv.cli..", "dev.sepconv.report..").should()
                .dependOnClassesThat(resideInAPackage("dev.sepconv.engine..")
                        .and(not(belongToAnyOf(Batches.class, Engines.class, DeviceShare.class,
                                DeviceSplit.class, EngineDevice.class, SplitAxis.class,
                                SplitEngine.class, Measurements.class, TuningFile.class))))
                .check(CLASSES);
    }

    /**
     * Whoever measures every engine alike has no business with one's insides; and who shows it
     * comes after.
     */
    @Test
    void theSurveySeesNoEnginesInsidesNorTheCommandLineNorReports() {
        noClasses().that().resideInAPackage("dev.sepconv.survey..").should().dependOnClassesThat()
                .resideInAnyPackage("dev.sepconv.engine.lower..", "dev.sepconv.engine.tornado..",
                        "dev.sepconv.engine.simd..", "dev.sepconv.engine.java..",
                        "dev.sepconv.engine.plain..", "dev.sepconv.compare..", "dev.sepconv.cli..",
                        "dev.sepconv.report..")
                .check(CLASSES);
    }

    @Test
    void theDoctorIsKnownToTheCommandLineAlone() {
        noClasses().that().resideOutsideOfPackages("dev.sepconv.doctor", "dev.sepconv.cli").should()
                .dependOnClassesThat().resideInAPackage("dev.sepconv.doctor").check(CLASSES);
        noClasses().that().resideInAPackage("dev.sepconv.doctor").should().dependOnClassesThat()
                .resideInAnyPackage("dev.sepconv.cli", "dev.sepconv.report").check(CLASSES);
    }

    /** A program that uses the library doesn't get the command line's jar. */
    @Test
    void theLibraryDoesNotUseTheCommandLinesPart() throws IOException {
        String[] commandLine = LibraryArtifact.commandLineFolders().stream()
                .map(folder -> folder.replace('/', '.') + "..").toArray(String[]::new);
        noClasses().that().resideOutsideOfPackages(commandLine).should().dependOnClassesThat()
                .resideInAnyPackage(commandLine).check(CLASSES);
        for (String each : commandLine) { // a name of nothing would hold nothing
            assertTrue(CLASSES.stream().anyMatch(resideInAPackage(each)), each);
        }
    }

    /** But for {@link Sepconv}, where programs begin and which nothing of ours uses. */
    @Test
    void theRootPackageDependsOnNoneOfTheOthers() {
        noClasses().that().resideInAPackage("dev.sepconv").and().areNotAssignableTo(Sepconv.class)
                .should()
                .dependOnClassesThat(
                        resideInAPackage(OURS).and(not(resideInAPackage("dev.sepconv"))))
                .check(CLASSES);
        noClasses().that().areNotAssignableTo(Sepconv.class).should()
                .dependOnClassesThat(type(Sepconv.class)).check(CLASSES);
    }

    @Test
    void theReferenceAndTheCostsKnowOnlyTheRootPackage() {
        for (String room : new String[]{"dev.sepconv.reference", "dev.sepconv.cost"}) {
            noClasses().that().resideInAPackage(room).should().dependOnClassesThat(
                    resideInAPackage(OURS).and(not(resideInAnyPackage("dev.sepconv", room))))
                    .check(CLASSES);
        }
    }

    @Test
    void decouplingKnowsOnlyTheRootPackageAndTheCosts() {
        noClasses().that().resideInAPackage("dev.sepconv.decouple").should()
                .dependOnClassesThat(
                        resideInAPackage(OURS).and(not(resideInAnyPackage("dev.sepconv",
                                "dev.sepconv.cost", "dev.sepconv.decouple"))))
                .check(CLASSES);
    }

    @Test
    void enginesDoNotKnowOneAnother() {
        for (String engine : Engines.NAMES) {
            String[] others = Engines.NAMES.stream().filter(other -> !other.equals(engine))
                    .map(other -> "dev.sepconv.engine." + other + "..").toArray(String[]::new);
            noClasses().that().resideInAPackage("dev.sepconv.engine." + engine + "..").should()
                    .dependOnClassesThat().resideInAnyPackage(others).check(CLASSES);
        }
    }

    @Test
    void theSimdEngineStandsOnTheRootPackageAndTheNetworkPassesAlone() {
        classes().that().resideInAPackage("dev.sepconv.engine.simd..").should()
                .onlyDependOnClassesThat().resideInAnyPackage("dev.sepconv", "dev.sepconv.graph",
                        "dev.sepconv.engine.simd..", "java..", "jdk.incubator.vector..")
                .check(CLASSES);
    }

    @Test
    void thePlainEngineNeedsNothingButTheJdk() {
        classes().that().resideInAPackage("dev.sepconv.engine.plain..").should()
                .onlyDependOnClassesThat().resideInAnyPackage("dev.sepconv", "dev.sepconv.graph",
                        "dev.sepconv.reference", "dev.sepconv.engine.plain..", "java..")
                .check(CLASSES);
    }

    @Test
    void onlyTheSimdEngineUsesTheVectorApi() {
        noClasses().that().resideOutsideOfPackage("dev.sepconv.engine.simd..").should()
                .dependOnClassesThat().resideInAPackage("jdk.incubator..").check(CLASSES);
    }

    /** What they use besides comes to no program that uses the library (LibraryArtifactTest). */
    @Test
    void onlyCommandsReportsAndDecouplingUseOptionalDependencies() {
        noClasses().that()
                .resideOutsideOfPackages("dev.sepconv.cli..", "dev.sepconv.report..",
                        "dev.sepconv.survey..", "dev.sepconv.doctor..", "dev.sepconv.decouple..")
                .and().doNotHaveFullyQualifiedName("dev.sepconv.io.onnx.SeparatedModel").should()
                .dependOnClassesThat()
                .resideOutsideOfPackages("dev.sepconv..", "java..", "javax..",
                        "jdk.incubator.vector..", TORNADOVM, "com.sun.management..", "org.json..")
                .check(CLASSES);
    }

    /** The children of a package are packages of their own. */
    @Test
    void noPackagesDependOnOneAnotherInACircle() {
        slices().assignedFrom(new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
                return javaClass.getPackageName().startsWith("dev.sepconv")
                        && !javaClass.isEquivalentTo(Sepconv.class)
                                ? SliceIdentifier.of(javaClass.getPackageName())
                                : SliceIdentifier.ignore();
            }

            @Override
            public String getDescription() {
                return "packages";
            }
        }).should().beFreeOfCycles().check(CLASSES);
    }

    /** What measures is used by all who measure, and knows nobody. */
    @Test
    void measuringKnowsNoOtherRoom() {
        noClasses().that().resideInAPackage("dev.sepconv.measure").should()
                .dependOnClassesThat(
                        resideInAPackage(OURS).and(not(resideInAPackage("dev.sepconv.measure"))))
                .check(CLASSES);
    }
}
