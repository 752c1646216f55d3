package dev.qwen4j.faults;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.List;
import java.util.Set;

/**
 * Loads its own copies of Qwen4j's classes, in which every call that a method makes is a {@linkplain Steps step} that can fail. So no hook for tests
 * need be in them, and no step can be forgotten.
 */
final class FaultyClasses extends ClassLoader {
    private static final List<String> PARTS = List.of("dev.qwen4j.", "dev.qwen4j.internal.");
    private static final ClassDesc STEPS = ClassDesc.of(Steps.class.getName());
    private static final MethodTypeDesc STEP = MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_String);

    /** What ends things must not fail, or nothing could be promised; draining the log and asking for the thread do not. */
    private static final Set<String> CANNOT_FAIL = Set.of(
            "close",
            "free",
            "release",
            "unlock",
            "leave",
            "silence",
            "takesFreeing",
            "removeChild",
            "drain",
            "currentThread",
            "lock");

    FaultyClasses() {
        super(FaultyClasses.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!isPart(name) && !name.startsWith(Constructions.class.getName())) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            var known = findLoadedClass(name);
            return known != null ? known : define(name);
        }
    }

    private static boolean isPart(String name) {
        return PARTS.contains(name.substring(0, name.lastIndexOf('.') + 1));
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        try (var stream = getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (stream == null) {
                throw new ClassNotFoundException(name);
            }
            var bytes = stream.readAllBytes();
            var marked = isPart(name) ? marked(bytes) : bytes;
            return defineClass(name, marked, 0, marked.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    private static byte[] marked(byte[] bytes) {
        var file = ClassFile.of();
        var model = file.parse(bytes);
        return file.transformClass(model, (builder, element) -> {
            if (element instanceof MethodModel method
                    && method.code().isPresent()
                    && !CANNOT_FAIL.contains(method.methodName().stringValue())) {
                builder.transformMethod(method, MethodTransform.transformingCode(steps(model, method)));
            } else {
                builder.with(element);
            }
        });
    }

    private static CodeTransform steps(ClassModel model, MethodModel method) {
        var place = model.thisClass().name().stringValue().replaceAll(".*/", "") + "."
                + method.methodName().stringValue() + " -> ";
        return (builder, element) -> {
            switch (element) {
                case InvokeInstruction call
                when !CANNOT_FAIL.contains(call.name().stringValue()) ->
                    builder.loadConstant(place + call.name().stringValue()).invokestatic(STEPS, "step", STEP);
                case InvokeDynamicInstruction call ->
                    builder.loadConstant(place + call.name().stringValue()).invokestatic(STEPS, "step", STEP);
                default -> {}
            }
            builder.with(element);
        };
    }
}
