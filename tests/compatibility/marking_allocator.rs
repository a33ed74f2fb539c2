//! An allocator that frees only what it has made: it is compiled into a flavor, and no host knows of it.
#![allow(unsafe_code, reason = "an allocator")]

use std::alloc::{GlobalAlloc, Layout, System};

#[global_allocator]
static MARKING: Marking = Marking;

struct Marking;

const MARK: u64 = 0x006c_6172_6465_7221;

/// Room for the mark that keeps the alignment of the block behind it.
fn room(layout: Layout) -> usize {
    layout.align().max(size_of::<u64>())
}

fn with_room(layout: Layout) -> Option<Layout> {
    Layout::from_size_align(layout.size().checked_add(room(layout))?, room(layout)).ok()
}

// SAFETY: each block is one of the system's allocator, with room for a mark before it, and is given back whole.
unsafe impl GlobalAlloc for Marking {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let Some(wide) = with_room(layout) else { return std::ptr::null_mut() };
        // SAFETY: the size is not zero, since there is room for the mark.
        let start = unsafe { System.alloc(wide) };
        if start.is_null() {
            return start;
        }
        // SAFETY: the block is as long as the room and what was asked for.
        let block = unsafe { start.add(room(layout)) };
        // SAFETY: the eight bytes before the block are in the room.
        unsafe { block.sub(size_of::<u64>()).cast::<u64>().write_unaligned(MARK) };
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: a block of this allocator has its mark there; one of another has some eight bytes there.
        let mark = unsafe { block.sub(size_of::<u64>()) }.cast::<u64>();
        // SAFETY: as above.
        if unsafe { mark.read_unaligned() } != MARK {
            std::process::abort();
        }
        // SAFETY: as above.
        unsafe { mark.write_unaligned(0) };
        let Some(wide) = with_room(layout) else { std::process::abort() };
        // SAFETY: this is where the system's block began, and how long it was.
        unsafe { System.dealloc(block.sub(room(layout)), wide) };
    }
}
