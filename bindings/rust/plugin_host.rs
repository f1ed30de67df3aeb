// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//! A host in Rust on the C API: loads an artifact, lends it a closure, calls it.
//!
//!     rustc --edition 2021 plugin_host.rs -L /opt/wasm2native/lib -l wasm2native-runtime

use std::ffi::{c_char, c_void, CStr, CString};

mod c {
    //! Declarations of runtime.h, as far as they are used here.
    use super::*;

    #[repr(C)]
    pub struct Opaque {
        _private: [u8; 0],
    }

    #[repr(C)]
    #[derive(Clone, Copy)]
    pub union Number {
        pub i32: i32,
        pub v128: [u64; 2],
    }

    #[repr(C)]
    #[derive(Clone, Copy)]
    pub struct Value {
        pub kind: u8,
        pub of: Number,
    }
    pub const I32: u8 = 0;

    #[repr(C)]
    pub struct FunctionType {
        pub params: *const u8,
        pub param_count: usize,
        pub results: *const u8,
        pub result_count: usize,
    }

    pub type Callback = extern "C" fn(*mut Opaque, *mut c_void, *const Value, *mut Value) -> *mut Opaque;

    extern "C" {
        pub fn w2n_error_new(text: *const c_char) -> *mut Opaque;
        pub fn w2n_error_free(error: *mut Opaque);
        pub fn w2n_error_text(error: *const Opaque) -> *const c_char;
        pub fn w2n_module_load(path: *const c_char, out: *mut *mut Opaque) -> *mut Opaque;
        pub fn w2n_module_free(module: *mut Opaque);
        pub fn w2n_linker_new() -> *mut Opaque;
        pub fn w2n_linker_free(linker: *mut Opaque);
        pub fn w2n_linker_define_function(
            linker: *mut Opaque, module: *const c_char, name: *const c_char, kind: *const FunctionType,
            callback: Callback, user: *mut c_void, finalizer: Option<extern "C" fn(*mut c_void)>,
        ) -> *mut Opaque;
        pub fn w2n_linker_instantiate(linker: *mut Opaque, module: *const Opaque, out: *mut *mut Opaque) -> *mut Opaque;
        pub fn w2n_instance_free(instance: *mut Opaque);
        pub fn w2n_instance_function(instance: *mut Opaque, name: *const c_char) -> *mut Opaque;
        pub fn w2n_function_call(
            function: *mut Opaque, args: *const Value, arg_count: usize, results: *mut Value, result_count: usize,
        ) -> *mut Opaque;
        pub fn w2n_caller_memory(caller: *mut Opaque) -> *mut Opaque;
        pub fn w2n_memory_at(memory: *const Opaque, address: u64, bytes: u64) -> *mut c_void;
    }
}

/// The text of `error`, which is freed; `Ok` if it is null.
fn check(error: *mut c::Opaque) -> Result<(), String> {
    if error.is_null() {
        return Ok(());
    }
    // An error that is not null is ours, and its text lives as long as it.
    unsafe {
        let text = CStr::from_ptr(c::w2n_error_text(error)).to_string_lossy().into_owned();
        c::w2n_error_free(error);
        Err(text)
    }
}

fn name(text: &str) -> CString {
    CString::new(text).expect("a name without nulls")
}

/// An instance, used by one thread at a time: it is neither Send nor Sync.
struct Plugin {
    instance: *mut c::Opaque,
}

type Log = Box<dyn FnMut(&[u8])>;

extern "C" fn call_log(caller: *mut c::Opaque, user: *mut c_void, args: *const c::Value, _: *mut c::Value) -> *mut c::Opaque {
    // The type of the function says that there are two numbers; `user` is the closure of `load`.
    unsafe {
        let (address, bytes) = ((*args).of.i32 as u32, (*args.add(1)).of.i32 as u32);
        let memory = c::w2n_caller_memory(caller);
        let text = if memory.is_null() { std::ptr::null_mut() } else { c::w2n_memory_at(memory, address.into(), bytes.into()) };
        if text.is_null() {
            return c::w2n_error_new(c"log: the text lies outside the memory".as_ptr());
        }
        // The guest does not run while the host has the bytes.
        (*(user as *mut Log))(std::slice::from_raw_parts(text as *const u8, bytes as usize));
    }
    std::ptr::null_mut()
}

extern "C" fn drop_log(user: *mut c_void) {
    drop(unsafe { Box::from_raw(user as *mut Log) });
}

impl Plugin {
    fn load(path: &str, log: Log) -> Result<Plugin, String> {
        let i32s = [c::I32, c::I32];
        let kind = c::FunctionType { params: i32s.as_ptr(), param_count: 2, results: std::ptr::null(), result_count: 0 };
        let user = Box::into_raw(Box::new(log)) as *mut c_void;
        let (mut module, mut instance) = (std::ptr::null_mut(), std::ptr::null_mut());
        // Whatever fails, linker and module are freed; the linker owns the closure once it is defined.
        unsafe {
            let linker = c::w2n_linker_new();
            let (host, log) = (name("host"), name("log"));
            let mut done = check(c::w2n_linker_define_function(
                linker, host.as_ptr(), log.as_ptr(), &kind, call_log, user, Some(drop_log)));
            if done.is_err() {
                drop_log(user);
            }
            done = done.and_then(|()| check(c::w2n_module_load(name(path).as_ptr(), &mut module)));
            done = done.and_then(|()| check(c::w2n_linker_instantiate(linker, module, &mut instance)));
            c::w2n_linker_free(linker);
            c::w2n_module_free(module);
            done.map(|()| Plugin { instance })
        }
    }

    fn percent(&mut self, part: i32, whole: i32) -> Result<i32, String> {
        let number = |number| c::Value { kind: c::I32, of: c::Number { i32: number } };
        let mut result = number(0);
        unsafe {
            let function = c::w2n_instance_function(self.instance, c"percent".as_ptr());
            if function.is_null() {
                return Err("the plug-in exports no percent".into());
            }
            check(c::w2n_function_call(function, [number(part), number(whole)].as_ptr(), 2, &mut result, 1))?;
            Ok(result.of.i32)
        }
    }
}

impl Drop for Plugin {
    fn drop(&mut self) {
        unsafe { c::w2n_instance_free(self.instance) }
    }
}

fn main() -> Result<(), String> {
    let path = std::env::args().nth(1).ok_or("usage: plugin_host PLUGIN.so")?;
    let mut plugin = Plugin::load(&path, Box::new(|text| println!("plug-in says: {}", String::from_utf8_lossy(text))))?;
    for (part, whole) in [(21, 50), (21, 0), (1, 4)] {
        match plugin.percent(part, whole) {
            Ok(percent) => println!("{part} of {whole}: {percent} %"),
            Err(text) => println!("error: {text}"),
        }
    }
    Ok(())
}
