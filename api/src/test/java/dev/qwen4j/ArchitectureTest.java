package dev.qwen4j;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.SimpleConditionEvent.violated;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The lines between the layers, and a few habits, over the library's own modules: bindings, natives, nano and api. */
class ArchitectureTest {
    private static final String LIBRARY = "dev.qwen4j..";
    private static final String BINDINGS = "dev.qwen4j.bindings..";
    private static final String GENERATED = "dev.qwen4j.bindings.generated..";
    private static final String INTERNAL = "dev.qwen4j.internal..";
    private static final String FOREIGN = "java.lang.foreign..";

    private static final JavaClasses LIBRARY_CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.qwen4j");

    @Test
    void seesEveryLibraryModule() {
        for (var module : List.of("dev.qwen4j", BINDINGS, GENERATED, "dev.qwen4j.nano..", "dev.qwen4j.natives..")) {
            assertThat(LIBRARY_CLASSES.that(resideInAPackage(module)))
                    .as(module)
                    .isNotEmpty();
        }
        assertThat(LIBRARY_CLASSES.contain(ArchitectureTest.class)).isFalse();
    }

    @Test
    void onlyBindingsAndInternalKnowTheForeignFunctionApi() {
        noClasses()
                .that()
                .resideOutsideOfPackages(BINDINGS, INTERNAL)
                .should()
                .dependOnClassesThat(resideInAPackage(FOREIGN)
                        .or(belongToAnyOf(MethodHandle.class, MethodHandles.class, VarHandle.class)))
                .check(LIBRARY_CLASSES);
    }

    /** Members inherited from an internal class count: the rule above cannot see those. */
    @Test
    void noPublicSignatureNamesAForeignType() {
        classes()
                .that()
                .resideOutsideOfPackages(BINDINGS, INTERNAL)
                .and()
                .arePublic()
                .should(nameNoForeignTypeInSignatures())
                .check(LIBRARY_CLASSES);
    }

    @Test
    void bindingsDependOnNothingAboveThem() {
        noClasses()
                .that()
                .resideInAPackage(BINDINGS)
                .should()
                .dependOnClassesThat(resideInAPackage(LIBRARY).and(resideOutsideOfPackage(BINDINGS)))
                .check(LIBRARY_CLASSES);
    }

    @Test
    void classesAreNamedAfterOneIdea() {
        noClasses()
                .that()
                .resideOutsideOfPackage(GENERATED)
                .should()
                .haveSimpleNameContaining("Util")
                .orShould()
                .haveSimpleNameContaining("Helper")
                .orShould()
                .haveSimpleNameContaining("Manager")
                .orShould()
                .haveSimpleNameContaining("Common")
                .check(LIBRARY_CLASSES);
    }

    @Test
    void nothingWritesToStandardStreams() {
        noClasses()
                .that()
                .resideOutsideOfPackage(GENERATED)
                .should(ACCESS_STANDARD_STREAMS)
                .check(LIBRARY_CLASSES);
    }

    @Test
    void noMethodIsSynchronized() {
        noMethods().should().haveModifier(JavaModifier.SYNCHRONIZED).check(LIBRARY_CLASSES);
    }

    /** ArchUnit sees the modifier of a method and no {@code synchronized} block; the class file shows both. */
    @Test
    void noBlockIsSynchronized() {
        classes().should(enterNoMonitor()).check(LIBRARY_CLASSES);
    }

    private static ArchCondition<JavaClass> nameNoForeignTypeInSignatures() {
        return new ArchCondition<>("name no foreign type in a public or protected signature") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                type.getAllMembers().stream()
                        .filter(ArchitectureTest::isVisible)
                        .filter(member ->
                                member.getAllInvolvedRawTypes().stream().anyMatch(resideInAPackage(FOREIGN)))
                        .forEach(member ->
                                events.add(violated(type, type.getName() + " shows " + member.getFullName())));
            }
        };
    }

    private static boolean isVisible(JavaMember member) {
        var modifiers = member.getModifiers();
        return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
    }

    private static ArchCondition<JavaClass> enterNoMonitor() {
        return new ArchCondition<>("enter no monitor") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                ClassFile.of().parse(bytesOf(type)).methods().stream()
                        .filter(ArchitectureTest::entersMonitor)
                        .forEach(method -> events.add(violated(
                                type, type.getName() + "." + method.methodName() + " has a synchronized block")));
            }
        };
    }

    private static boolean entersMonitor(MethodModel method) {
        return method.code().stream().flatMap(CodeModel::elementStream).anyMatch(MonitorInstruction.class::isInstance);
    }

    private static byte[] bytesOf(JavaClass type) {
        try (var in = type.getSource().orElseThrow().getUri().toURL().openStream()) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
