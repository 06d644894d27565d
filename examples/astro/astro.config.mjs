// The built pages lie in `public/shop/` of the Next app.
export default { base: "/shop" };
