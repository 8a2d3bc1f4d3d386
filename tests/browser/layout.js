// What is wrong with the page as it stands, as a function without arguments: [what, where, by how many pixels].
() => {
    const faults = [];
    const wide = document.documentElement.clientWidth;
    const name = element => {
        const own = element.tagName.toLowerCase() + [...element.classList].map(word => "." + word).join("");
        const words = element.textContent.trim().replace(/\s+/g, " ").slice(0, 40);
        return `${own} “${words}”`;
    };
    const style = new Map();
    const look = element => {
        if (!style.has(element)) style.set(element, getComputedStyle(element));
        return style.get(element);
    };
    const hidden = element => !element.checkVisibility({visibilityProperty: true, opacityProperty: true})
        || element.closest(".skip");
    const clippedAway = element => {
        for (let up = element; up && up !== document.body; up = up.parentElement) {
            if (look(up).clipPath === "inset(50%)") return true;
        }
        return false;
    };
    const clips = element => {
        for (let up = element.parentElement; up && up !== document.body; up = up.parentElement) {
            if (look(up).overflowX !== "visible") return true;
        }
        return false;
    };
    if (document.documentElement.scrollWidth > wide) {
        faults.push(["the page scrolls sideways", "", document.documentElement.scrollWidth - wide]);
    }
    const seen = [...document.body.querySelectorAll("*")].filter(
        element => !element.closest("svg, head") && !hidden(element) && !clippedAway(element));
    for (const element of seen) {
        const box = element.getBoundingClientRect();
        if (box.width < 2 || box.height < 2) continue;
        const text = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
        const solid = text || element.matches("input, select, textarea, img, button, svg");
        if (solid && (box.right > wide + 1 || box.left < -1) && !clips(element)) {
            faults.push(["out of the page", name(element), Math.round(Math.max(box.right - wide, -box.left))]);
        }
        const cut = look(element);
        if (text && cut.overflowX !== "visible" && !/auto|scroll/.test(cut.overflowX) && cut.textOverflow !== "ellipsis"
            && element.scrollWidth > element.clientWidth + 1 && !element.matches("input, select, textarea, option")) {
            faults.push(["cut", name(element), element.scrollWidth - element.clientWidth]);
        }
        if (text && cut.overflowY === "hidden" && element.scrollHeight > element.clientHeight + 3 && !cut.webkitLineClamp) {
            faults.push(["cut below", name(element), element.scrollHeight - element.clientHeight]);
        }
    }
    // Text that runs over other text: two leaves whose letters share more than a few pixels.
    const leaves = [];
    for (const element of seen) {
        for (const node of element.childNodes) {
            if (node.nodeType !== 3 || !node.data.trim() || element.matches("option, script, style")) continue;
            const range = document.createRange();
            range.selectNodeContents(node);
            for (const box of range.getClientRects()) leaves.push({element, box: clipped(element, box)});
        }
    }
    function clipped(element, box) {
        let {left, right, top, bottom} = box;
        for (let up = element; up && up !== document.body; up = up.parentElement) {
            if (look(up).overflowX === "visible" && look(up).overflowY === "visible") continue;
            const frame = up.getBoundingClientRect();
            left = Math.max(left, frame.left); right = Math.min(right, frame.right);
            top = Math.max(top, frame.top); bottom = Math.min(bottom, frame.bottom);
        }
        return {left, right, top, bottom};
    }
    const raised = element => {
        for (let up = element; up; up = up.parentElement) {
            if (/fixed|sticky/.test(look(up).position)) return up;
        }
        return null;
    };
    const flat = leaves.filter(({element, box}) => box.right - box.left > 1 && box.bottom - box.top > 1 && !raised(element));
    flat.sort((one, other) => one.box.top - other.box.top);
    for (let first = 0; first < flat.length; first += 1) {
        for (let second = first + 1; second < flat.length; second += 1) {
            const one = flat[first], other = flat[second];
            if (other.box.top >= one.box.bottom - 3) break;
            if (one.element === other.element) continue;
            const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
            const down = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
            if (across > 2 && down > 4) faults.push(["overlap", `${name(one.element)} and ${name(other.element)}`, Math.round(across)]);
        }
    }
    return faults.slice(0, 5);
}
